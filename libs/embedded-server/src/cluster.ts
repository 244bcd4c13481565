import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import type { Binaries } from './binaries'
import { EmbeddedServerUnavailable } from './embedded-server-unavailable'
import { giveTo, type OperatingAccount } from './operating-account'
import type { Postmaster } from './postmaster'

export const SUPERUSER = 'postgres'
/** The programs that this version of the package brings; a data folder of another one cannot be opened by them. */
export const POSTGRES_MAJOR = '18'
const HALF_DONE_PREFIX = 'initializing-'
const INITDB_TIMEOUT_MS = 120_000

/** For 2 cores and a database that fits in memory, beside a Node process. An operator may change them in postgresql.conf. */
const TUNING: Readonly<Record<string, string>> = {
  shared_buffers: '256MB',
  effective_cache_size: '1GB',
  work_mem: '8MB',
  maintenance_work_mem: '128MB',
  max_connections: '80',
  max_wal_size: '2GB',
  min_wal_size: '256MB',
  wal_compression: 'on',
  checkpoint_timeout: '15min',
  random_page_cost: '1.1',
  max_parallel_workers_per_gather: '0',
  jit: 'off',
  // A table that has just grown is planned without statistics, by whichever index comes first: for seconds, not for a minute.
  autovacuum_naptime: '5s',
  // A query whose client was killed must not hold its locks to the end.
  client_connection_check_interval: '5s',
  log_checkpoints: 'off',
  log_min_messages: 'warning',
  lc_messages: 'C',
  log_timezone: 'UTC',
  timezone: 'UTC',
}

/** The folder of one PostgreSQL server inside DATA_DIR. */
export interface Cluster {
  readonly folder: string
  readonly dataFolder: string
  readonly logFile: string
  readonly portFile: string
  readonly password: string
}

export function clusterFolder(dataDir: string): string {
  return join(dataDir, 'postgres')
}

export const LOOPBACK = '127.0.0.1'
/** What a socket's address holds at most, the smaller one of Linux (108) and macOS (104), with the zero at its end. */
const SOCKET_PATH_BYTES_MAX = 103
const SOCKET_FILE = '.s.PGSQL.65535'
/** A setting that lists folders would take such a path for several. */
const NAMES_A_LIST = /[,"\n]/

/** Where the server opens its Unix socket: a folder that only its user can enter. undefined: the system has none, or the path is too long. */
export function socketFolderOf({ dataFolder }: Pick<Cluster, 'dataFolder'>): string | undefined {
  const folder = dirname(dataFolder)
  const fits = Buffer.byteLength(join(folder, SOCKET_FILE)) <= SOCKET_PATH_BYTES_MAX
  return process.platform !== 'win32' && fits && !NAMES_A_LIST.test(folder) ? folder : undefined
}

/**
 * As superuser. By the Unix socket where the server has one: a round trip costs a third less than over loopback. The port stands
 * in either address, and loopback answers as well.
 */
export function addressOf(
  { password }: Pick<Cluster, 'password'>,
  { port, socketFolder, database }: Pick<Postmaster, 'port' | 'socketFolder'> & { database: string },
): string {
  const host = socketFolder === undefined ? LOOPBACK : encodeURIComponent(socketFolder)
  return `postgresql://${SUPERUSER}:${password}@${host}:${port}/${database}`
}

/**
 * The server's files, made where there are none. They are made under another name and renamed when complete, so a
 * creation that was killed leaves nothing that looks like a server; its leftovers are removed.
 * Throws EmbeddedServerUnavailable when initdb fails or the files are of another major version.
 */
export async function openCluster(folder: string, binaries: Binaries, account: OperatingAccount): Promise<Cluster> {
  const home = join(folder, 'server')
  removeHalfDone(folder)
  if (!existsSync(home)) await createServerFiles(folder, home, binaries, account)
  const dataFolder = join(home, 'data')
  refuseOtherVersion(dataFolder)
  giveTo(account.owner, home)
  return {
    folder,
    dataFolder,
    logFile: join(folder, 'postgres.log'),
    portFile: join(folder, 'port'),
    password: readFileSync(join(home, 'password'), 'utf8'),
  }
}

function removeHalfDone(folder: string): void {
  for (const entry of readdirSync(folder)) {
    if (entry.startsWith(HALF_DONE_PREFIX)) rmSync(join(folder, entry), { recursive: true, force: true, maxRetries: 5 })
  }
}

async function createServerFiles(
  folder: string,
  home: string,
  binaries: Binaries,
  account: OperatingAccount,
): Promise<void> {
  const draft = join(folder, `${HALF_DONE_PREFIX}${randomBytes(6).toString('hex')}`)
  const dataFolder = join(draft, 'data')
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
  writeFileSync(join(draft, 'password'), randomBytes(24).toString('hex'), { mode: 0o600, flush: true })
  syncFolder(draft)
  giveTo(account.owner, draft)
  await runInitdb(dataFolder, join(draft, 'password'), binaries, account)
  renameSync(draft, home)
  syncFolder(folder)
}

async function runInitdb(
  dataFolder: string,
  passwordFile: string,
  binaries: Binaries,
  account: OperatingAccount,
): Promise<void> {
  const settings = Object.entries(TUNING).flatMap(([name, value]) => ['--set', `${name}=${value}`])
  const [file, fileArguments] = account.command(binaries.initdb, [
    ...['--pgdata', dataFolder, '--username', SUPERUSER, '--pwfile', passwordFile, '--auth', 'scram-sha-256'],
    // Text sorts by code point, the same on every platform.
    ...['--encoding', 'UTF8', '--no-locale', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'],
    ...settings,
  ])
  const child = spawn(file, fileArguments, {
    ...account.spawnAs,
    cwd: dataFolder,
    env: serverEnvironment(),
    timeout: INITDB_TIMEOUT_MS,
  })
  let printed = ''
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  const outcome = await new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message))
    child.on('close', (code, signal) =>
      resolve(code === 0 ? '' : `ended with ${String(code ?? signal)}: ${printed.trim()}`),
    )
  })
  if (outcome !== '')
    throw new EmbeddedServerUnavailable(`The PostgreSQL data folder could not be made. initdb ${outcome}`)
}

/** Settings of the caller's own PostgreSQL, such as PGPORT or PGDATA, must not reach this one. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(PG|LC_|LANG)/.test(name))
  return { ...Object.fromEntries(kept), LC_ALL: 'C' }
}

function refuseOtherVersion(dataFolder: string): void {
  const version = readFileSync(join(dataFolder, 'PG_VERSION'), 'utf8').trim()
  if (version === POSTGRES_MAJOR) return
  throw new EmbeddedServerUnavailable(
    `The data folder was made by PostgreSQL ${version}, and this is PostgreSQL ${POSTGRES_MAJOR}: ${dataFolder}`,
  )
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r')
  fsyncSync(handle)
  closeSync(handle)
}
