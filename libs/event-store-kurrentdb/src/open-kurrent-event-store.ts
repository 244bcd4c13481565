import { KurrentDBClient } from '@kurrent/kurrentdb-client'
import type { Log } from '@billstream/event-sourcing-runtime'
import { KurrentEventStore } from './kurrent-event-store'

/** Options of the URL that the client knows; it would print the whole URL, password included, for any other. */
const OPTIONS = new Set(
  [
    'connectionName',
    'defaultDeadline',
    'discoveryInterval',
    'gossipTimeout',
    'keepAliveInterval',
    'keepAliveTimeout',
    'maxDiscoverAttempts',
    'nodePreference',
    'tls',
    'tlsCAFile',
    'tlsVerifyCert',
    'userCertFile',
    'userKeyFile',
  ].map((name) => name.toLowerCase()),
)
const OPTIONS_OF_TLS = new Set(['tlscafile', 'tlsverifycert', 'usercertfile', 'userkeyfile'])
const FORM = 'kurrentdb://[user:password@]host[:port][,host[:port]...][?tls=false]'
const HOST = String.raw`[A-Za-z0-9.\-]+(?::\d{1,5})?`
const URL_OF_KURRENTDB = new RegExp(
  String.raw`^(?:kurrentdb|esdb)(?<discover>\+discover)?://(?<rest>(?:[^:@/?]+:[^@/?]+@)?${HOST}(?:,${HOST})*)/?(?:\?(?<options>.*))?$`,
)

/** The URL of the event store is none. The message does not quote it, since it may hold a password. */
export class EventStoreUrlUnusable extends Error {
  override readonly name = 'EventStoreUrlUnusable'
}

/** Whether a URL is one for this store; `kurrentdb://`, or `esdb://` of its older name, each also with `+discover`. */
export function isKurrentUrl(url: string): boolean {
  return /^(?:kurrentdb|esdb)(?:\+discover)?:/.test(url)
}

/** The servers that a URL names, without user and password. */
export function hostsOf(url: string): string {
  return /\/\/(?:[^@/]*@)?(?<hosts>[^/?]*)/.exec(url)?.groups?.['hosts'] ?? ''
}

/**
 * The event store of a KurrentDB. Connects with the first call, so a server that is away is StoreUnavailable then, not an
 * error here. Throws on a URL that cannot be read; no message holds the URL, which may hold a password.
 */
export function openKurrentEventStore({ url, log }: { url: string; log: Log }): KurrentEventStore {
  const connectionString = readUrl(url.trim())
  // Read once here, so that a wrong URL or certificate ends the program's start and not its first call.
  let first: KurrentDBClient | undefined = clientOf(connectionString)
  return new KurrentEventStore({
    log,
    connect: () => {
      const client = first ?? clientOf(connectionString)
      first = undefined
      return client
    },
  })
}

/** The URL as the client wants it: it warns of the older name on the console. */
function readUrl(url: string): string {
  const { discover = '', rest = '', options } = URL_OF_KURRENTDB.exec(url)?.groups ?? {}
  if (rest === '')
    throw new EventStoreUrlUnusable(`The URL of the event store cannot be read: it has the form ${FORM}.`)
  if (options === undefined) return `kurrentdb${discover}://${rest}`
  const given = options.split('&')
  refuseUnknown(given)
  if (given.some((option) => /^tls=false$/i.test(option))) refuseIgnored(rest, given)
  return `kurrentdb${discover}://${rest}?${options}`
}

function refuseUnknown(options: readonly string[]): void {
  const unknown = options.map(nameOf).filter((name) => !OPTIONS.has(plain(name)))
  if (unknown.length > 0)
    throw new EventStoreUrlUnusable(`The URL of the event store has unknown options: ${unknown.join(', ')}.`)
}

/** In the clear the client passes over who logs in and whom it should trust. */
function refuseIgnored(rest: string, options: readonly string[]): void {
  const ignored = options.map(nameOf).filter((name) => OPTIONS_OF_TLS.has(plain(name)))
  if (rest.includes('@')) ignored.unshift('user and password')
  if (ignored.length === 0) return
  const names = ignored.join(', ')
  throw new EventStoreUrlUnusable(`The URL of the event store has tls=false, with which ${names} do nothing.`)
}

function nameOf(option: string): string {
  return option.split('=')[0] ?? ''
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[_-]/g, '')
}

function clientOf(connectionString: string): KurrentDBClient {
  try {
    return KurrentDBClient.connectionString(connectionString)
  } catch {
    // What the client says quotes the URL.
    throw new EventStoreUrlUnusable(
      'The URL of the event store cannot be used: one of its options or certificate files is wrong.',
    )
  }
}
