import { realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import { findBinaries } from './binaries'
import { addressOf, clusterFolder, openCluster, type Cluster } from './cluster'
import { EmbeddedServerUnavailable } from './embedded-server-unavailable'
import { keepRunning } from './keep-running'
import { lockFolder, type FolderLock } from './folder-lock'
import { makeFolder } from './make-folder'
import { findOperatingAccount } from './operating-account'
import { awaitPostmaster, signalPostmaster, type Postmaster } from './postmaster'
import { runServer, type ServerAddress, type ServerSettings } from './run-server'
import { stopServer } from './stop-server'
import { DATABASE, provideDatabase } from './provide-database'
import { watchServer } from './watchdog'

/** A start after a crash replays what was written since the last checkpoint. */
const START_TIMEOUT_MS = 120_000
const ADOPTION_ATTEMPTS_MAX = 3
const ADOPTION_PAUSE_MS = 1_000

export interface EmbeddedServerOptions {
  /** DATA_DIR: the server keeps its files in `postgres/` inside it. Made when missing. */
  readonly dataDir: string
  /** Told what happens, one sentence each. */
  readonly log: (message: string) => void
  /** PostgreSQL settings beside the defaults. fsync, full_page_writes and synchronous_commit stay on whatever is given. */
  readonly settings?: ServerSettings
  /** Asked when this process exits without `stop`: whether others use the server, which is then left to them. Absent: nobody. */
  readonly isUsedByOthers?: () => boolean
}

export interface EmbeddedServer {
  /** As superuser, with the generated password, by the server's Unix socket or, where it has none, on loopback. */
  readonly connectionString: string
  readonly port: number
  /** Whether the server was already running: its former Node process was killed, and had not ended it yet. */
  readonly adopted: boolean
  /** Stops the server within 5 s; does nothing when it is already gone. A repeat is safe. */
  stop(): Promise<void>
  /** Leaves the server running to whoever uses it or takes it over, instead of `stop`. */
  leave(): Promise<void>
}

/**
 * Runs the PostgreSQL of this folder: makes its files once, adopts a server that outlived its Node process, waits for
 * the children of a dead one, and starts it in a session of its own, so that Ctrl-C reaches the application first.
 * A server that ends by itself is started again. It ends with `stop`, or when this process ends, also by kill -9; one whose watchdog
 * was killed as well lives on and is adopted by the next start.
 * Throws EmbeddedServerUnavailable, saying why: the folder is in use or cannot be written, root cannot lend an account, initdb fails.
 */
export async function startEmbeddedServer({
  dataDir,
  log,
  settings = {},
  isUsedByOthers = () => false,
}: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const folder = clusterFolder(resolve(dataDir))
  makeFolder(folder, 0o711)
  const lock = await lockFolder(`${folder}/claims`)
  const cluster = await prepareCluster(realpathSync(folder)).catch((error: unknown) => {
    lock.release()
    throw error
  })
  return run(cluster, { lock, log, settings, isUsedByOthers })
}

type PreparedCluster = Cluster & Pick<Parameters<typeof runServer>[0], 'binaries' | 'account'>

async function prepareCluster(folder: string): Promise<PreparedCluster> {
  const binaries = findBinaries()
  const account = findOperatingAccount(binaries.initdb, folder)
  return { ...(await openCluster(folder, binaries, account)), binaries, account }
}

interface Surroundings {
  readonly lock: FolderLock
  readonly log: (message: string) => void
  readonly settings: ServerSettings
  readonly isUsedByOthers: () => boolean
}

type Settled = Pick<Surroundings, 'log' | 'settings'>

async function run(
  cluster: PreparedCluster,
  { lock, log, settings, isUsedByOthers }: Surroundings,
): Promise<EmbeddedServer> {
  const { dataFolder } = cluster
  const callOffWatchdog = watchServer(cluster)
  const stopOnExit = (): void => {
    if (isUsedByOthers()) callOffWatchdog()
    else signalPostmaster(dataFolder, 'SIGINT')
  }
  process.on('exit', stopOnExit)
  const forget = (): void => {
    callOffWatchdog()
    process.removeListener('exit', stopOnExit)
    lock.release()
  }
  try {
    const reached = await reachDatabase(cluster, { log, settings })
    const { port, adopted } = reached
    const keeper = keepRunning(dataFolder, () => startAgain(cluster, port, { log, settings }), log)
    let ending: Promise<void> | undefined
    const end = (last: () => Promise<void>): Promise<void> => (ending ??= keeper.end().then(last).finally(forget))
    return {
      connectionString: addressOf(cluster, { ...reached, database: DATABASE }),
      port,
      adopted,
      stop: () => end(() => stopServer(dataFolder, log)),
      leave: () => end(() => Promise.resolve()),
    }
  } catch (error) {
    stopOnExit()
    forget()
    throw error
  }
}

/** On the port that the application knows: on another one it would never be found. */
async function startAgain(cluster: PreparedCluster, port: number, { log, settings }: Settled): Promise<void> {
  const started = await runServer(cluster, { settings, log, boundMs: START_TIMEOUT_MS })
  if (started.port === port) return
  await stopServer(cluster.dataFolder, log)
  throw new EmbeddedServerUnavailable(`Port ${port} is taken by another program.`)
}

interface Reached extends ServerAddress {
  readonly adopted: boolean
}

/** A server that seemed ready may have just been told to stop: then it is waited for and started anew. */
async function reachDatabase(cluster: PreparedCluster, surroundings: Settled): Promise<Reached> {
  for (let attempt = 1; ; attempt++) {
    const reached = await reachServer(cluster, surroundings)
    try {
      await provideDatabase(addressOf(cluster, { ...reached, database: 'postgres' }), cluster.dataFolder)
      return reached
    } catch (error) {
      const final = !reached.adopted || attempt === ADOPTION_ATTEMPTS_MAX || error instanceof EmbeddedServerUnavailable
      if (final) throw error
      await awaitPostmaster(cluster.dataFolder, ADOPTION_PAUSE_MS, (seen) => seen?.status !== 'ready')
    }
  }
}

async function reachServer(cluster: PreparedCluster, { log, settings }: Settled): Promise<Reached> {
  const outlived = await awaitSettled(cluster.dataFolder)
  if (outlived === undefined) {
    const address = await runServer(cluster, { settings, log, boundMs: START_TIMEOUT_MS })
    return { ...address, adopted: false }
  }
  log(`PostgreSQL was still running (process ${outlived.pid}) and is taken over on port ${outlived.port}.`)
  const { port, socketFolder } = outlived
  return { port, socketFolder, adopted: true }
}

/** The ready server of this folder, or undefined when none runs. One that is starting or stopping is waited for. */
async function awaitSettled(dataFolder: string): Promise<Postmaster | undefined> {
  const found = await awaitPostmaster(
    dataFolder,
    START_TIMEOUT_MS,
    (seen) => seen === undefined || seen.status === 'ready',
  )
  if (found === undefined || found.status === 'ready') return found
  throw new EmbeddedServerUnavailable(`PostgreSQL (process ${found.pid}) is neither ready nor ended: ${found.status}.`)
}
