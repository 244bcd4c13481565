import { spawn, type ChildProcess } from 'node:child_process'
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Binaries } from './binaries'
import { LOOPBACK, serverEnvironment, socketFolderOf, type Cluster } from './cluster'
import { EmbeddedServerUnavailable } from './embedded-server-unavailable'
import type { OperatingAccount } from './operating-account'
import { livePostmaster, removeMisleadingPidFile, type Postmaster } from './postmaster'

const LOG_FILE_BYTES_MAX = 10_000_000
const LOG_EXCERPT_CHARACTERS = 2_000
const POLL_MS = 20
const RETRY_PAUSE_MS = 200
const PORT_ATTEMPTS_MAX = 5
/** Children of a dead server end when they next look up from their work. */
const ORPHANS_TIMEOUT_MS = 30_000

export type ServerSettings = Readonly<Record<string, string>>

/** What acknowledged means: on disk. No setting of a caller changes it. */
const DURABILITY: ServerSettings = { fsync: 'on', full_page_writes: 'on', synchronous_commit: 'on' }

interface RunOptions {
  readonly settings: ServerSettings
  readonly log: (message: string) => void
  readonly boundMs: number
}

export type ServerAddress = Pick<Postmaster, 'port' | 'socketFolder'>

type Runnable = Cluster & { readonly binaries: Binaries; readonly account: OperatingAccount }

/**
 * Starts PostgreSQL on loopback and, where there is one, a Unix socket, and waits until it is ready. The port of the last run is taken again when it is free.
 * Throws EmbeddedServerUnavailable with the end of the server's log when it does not become ready.
 */
export async function runServer(cluster: Runnable, options: RunOptions): Promise<ServerAddress> {
  removeMisleadingPidFile(cluster.dataFolder)
  removeSockets(cluster)
  const orphansDeadline = performance.now() + ORPHANS_TIMEOUT_MS
  let portAttempts = 0
  let toldOfOrphans = false
  for (;;) {
    const port = await freePort(portAttempts === 0 ? lastPort(cluster) : 0)
    const failure = await tryToRun(cluster, port, options)
    if (failure === undefined) {
      writeFileSync(cluster.portFile, `${port}\n`, { mode: 0o600 })
      return { port, socketFolder: socketFolderOf(cluster) }
    }
    if (/could not bind|could not create any TCP/.test(failure) && ++portAttempts < PORT_ATTEMPTS_MAX) continue
    const orphansEnd = /pre-existing shared memory block/.test(failure) && performance.now() < orphansDeadline
    if (!orphansEnd)
      throw new EmbeddedServerUnavailable(`PostgreSQL does not start. The end of ${cluster.logFile}:\n${failure}`)
    if (!toldOfOrphans)
      options.log('Processes of an earlier PostgreSQL in this folder are still ending: waiting for them.')
    toldOfOrphans = true
    await pause(RETRY_PAUSE_MS)
  }
}

/** undefined when the server is ready, else what it wrote to its log. */
async function tryToRun(
  cluster: Runnable,
  port: number,
  { settings, boundMs }: RunOptions,
): Promise<string | undefined> {
  const log = openLog(cluster.logFile)
  const child = spawnServer(cluster, log.handle, { ...settings, ...DURABILITY, ...addressSettings(cluster, port) })
  closeSync(log.handle)
  const waiting = new AbortController()
  const outcome = await Promise.race([awaitExit(child), awaitReady(cluster.dataFolder, boundMs, waiting.signal)])
  waiting.abort()
  child.unref()
  return outcome === 'exit' ? logExcerpt(cluster.logFile, log.length) : outcome
}

function awaitExit(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message))
    child.on('exit', () => resolve('exit'))
  })
}

async function awaitReady(dataFolder: string, boundMs: number, aborted: AbortSignal): Promise<string | undefined> {
  const deadline = performance.now() + boundMs
  while (!aborted.aborted && performance.now() < deadline) {
    if (livePostmaster(dataFolder)?.status === 'ready') return undefined
    await pause(POLL_MS)
  }
  return `It was not ready within ${boundMs} ms.`
}

function spawnServer(cluster: Runnable, logHandle: number, settings: ServerSettings): ChildProcess {
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const [file, fileArguments] = cluster.account.command(cluster.binaries.postgres, ['-D', cluster.dataFolder, ...flags])
  return spawn(file, fileArguments, {
    ...cluster.account.spawnAs,
    // A session of its own: Ctrl-C in a terminal must reach the application only, which then stops the server last.
    detached: true,
    cwd: cluster.dataFolder,
    env: serverEnvironment(),
    stdio: ['ignore', logHandle, logHandle],
  })
}

function addressSettings(cluster: Cluster, port: number): ServerSettings {
  return { listen_addresses: LOOPBACK, port: String(port), unix_socket_directories: socketFolderOf(cluster) ?? '' }
}

/** Of a server that was killed: PostgreSQL does not start while any process has the number in a socket's lock file. */
function removeSockets(cluster: Cluster): void {
  const folder = dirname(cluster.dataFolder)
  for (const name of readdirSync(folder)) {
    if (name.startsWith('.s.PGSQL.')) rmSync(join(folder, name), { force: true })
  }
}

function logExcerpt(logFile: string, from: number): string {
  return readFileSync(logFile, 'utf8').slice(from).slice(-LOG_EXCERPT_CHARACTERS)
}

function openLog(logFile: string): { handle: number; length: number } {
  if (existsSync(logFile) && statSync(logFile).size > LOG_FILE_BYTES_MAX) renameSync(logFile, `${logFile}.old`)
  const length = existsSync(logFile) ? readFileSync(logFile, 'utf8').length : 0
  return { handle: openSync(logFile, 'a', 0o600), length }
}

function lastPort({ portFile }: Cluster): number {
  const port = existsSync(portFile) ? Number(readFileSync(portFile, 'utf8')) : 0
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : 0
}

/** The wanted port if it is free, else one that the system gives; 0 wants any. */
async function freePort(wanted: number): Promise<number> {
  const taken = await listenOnce(wanted)
  if (taken !== undefined) return taken
  return freePort(0)
}

function listenOnce(port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', (error: NodeJS.ErrnoException) => {
      if (port !== 0 && (error.code === 'EADDRINUSE' || error.code === 'EACCES')) resolve(undefined)
      else reject(error)
    })
    probe.listen({ port, host: LOOPBACK }, () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : undefined))
    })
  })
}
