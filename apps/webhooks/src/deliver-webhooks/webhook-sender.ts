import { lookup as resolve } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { linkSignals } from '@billstream/event-sourcing-runtime'
import { checkWebhookUrl, isAllowedAddress, type WebhookTargets } from '@billstream/webhooks-domain'
import { Agent, request, type Dispatcher } from 'undici'

/** Time limit of one attempt. Source: rules/boxbilling.md, section 16. */
export const ATTEMPT_TIMEOUT_MS = 30_000
/** What is kept of an answer. */
export const RESPONSE_CHARACTERS_MAX = 1_000
/** UTF-8 takes at most 4 bytes a character; the rest of an answer is not read. */
const RESPONSE_BYTES_MAX = RESPONSE_CHARACTERS_MAX * 4
const CONNECT_TIMEOUT_MS = 10_000
const CONNECTIONS_PER_RECEIVER_MAX = 8

export interface WebhookRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export type WebhookAnswer =
  | {
      readonly kind: 'answered'
      readonly status: number
      readonly body: string
      readonly retryAfter: string | undefined
    }
  /** No answer: not allowed, not resolved, not connected, broken, too late. */
  | { readonly kind: 'failed'; readonly message: string }

/** Sends one webhook over HTTP. Failures are answers; a repeat is safe for those who look at the id. */
export interface WebhookSender {
  send(webhook: WebhookRequest, signal: AbortSignal): Promise<WebhookAnswer>
  close(): Promise<void>
}

/** POST over HTTP/1.1, without redirects; connects only to addresses that are allowed, whatever a name resolves to by now. */
export class HttpWebhookSender implements WebhookSender {
  private readonly agent: Agent

  constructor(
    private readonly targets: WebhookTargets,
    lookup: LookupFunction = resolve,
  ) {
    this.agent = new Agent({
      connections: CONNECTIONS_PER_RECEIVER_MAX,
      connect: { timeout: CONNECT_TIMEOUT_MS, lookup: allowedOnly(targets, lookup) },
    })
  }

  async send({ url, headers, body }: WebhookRequest, signal: AbortSignal): Promise<WebhookAnswer> {
    // An IP address in the URL is never looked up, so the check at the connection alone would miss it.
    const checked = checkWebhookUrl(url, this.targets)
    if (!checked.ok) return { kind: 'failed', message: checked.error.message }
    const limit = AbortSignal.timeout(ATTEMPT_TIMEOUT_MS)
    const ends = linkSignals(signal, limit)
    try {
      const options = { method: 'POST', headers, body, dispatcher: this.agent } as const
      const answer = await request(checked.value, { ...options, signal: ends.signal })
      return {
        kind: 'answered',
        status: answer.statusCode,
        body: await excerptOf(answer.body),
        retryAfter: textOf(answer.headers['retry-after']),
      }
    } catch (error) {
      signal.throwIfAborted()
      const seconds = ATTEMPT_TIMEOUT_MS / 1_000
      return { kind: 'failed', message: limit.aborted ? `No answer within ${seconds} s.` : messageOf(error) }
    } finally {
      ends.release()
    }
  }

  async close(): Promise<void> {
    await this.agent.destroy()
  }
}

/** Resolves a name and keeps only the addresses that may be called: a name that pointed elsewhere when it was set is found out. */
function allowedOnly(targets: WebhookTargets, lookup: LookupFunction): LookupFunction {
  return (hostname, options, callback) =>
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '')
      const addresses = Array.isArray(found) ? found : []
      const allowed = addresses.filter(({ address }) => isAllowedAddress(address, targets))
      const [first] = allowed
      if (!first) return callback(new Error(`${hostname} points to an address that is not allowed.`), '')
      return options.all ? callback(null, allowed) : callback(null, first.address, first.family)
    })
}

/** The status stands once it is there: a body that breaks off, or never ends, changes nothing. */
async function excerptOf(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes >= RESPONSE_BYTES_MAX) break
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error
  }
  const text = Buffer.concat(chunks).subarray(0, RESPONSE_BYTES_MAX).toString('utf8')
  return [...text].slice(0, RESPONSE_CHARACTERS_MAX).join('')
}

function textOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code } = error as Error & { code?: string }
  return code && !error.message.includes(code) ? `${error.message} (${code})` : error.message
}
