import { readdir, rename, rm } from 'node:fs/promises'
import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Client } from 'pg'
import { clusterFolder, POSTGRES_MAJOR } from '../cluster'
import { ArchiveWriter } from './archive-writer'
import {
  BACKUP_FORMAT,
  BACKUP_PRODUCT,
  DATA_ENTRY,
  HEAD_ENTRY,
  MANIFEST_ENTRY,
  thisPlatform,
  type BackupHead,
  type WrittenManifest,
} from './backup-manifest'
import { BackupUnusable } from './backup-unusable'
import { dataFilesOf } from './data-files'
import { draftOf, removeLeavings } from './drafts'

/** Runs one statement of SQL; gives its rows. */
export type Query = (text: string) => Promise<readonly Record<string, unknown>[]>

export interface BackupOptions {
  readonly dataDir: string
  /** Of the server of dataDir, as superuser. */
  readonly connectionString: string
  /** Must not exist. */
  readonly file: string
  readonly startedAt: string
  /**
   * Says what the data is at the moment of the backup; asked in a transaction that is open until the moment is marked, so what
   * it locks is in the backup as it says. JSON.
   */
  readonly describe: (query: Query) => Promise<unknown>
  /** Breaks off; no file is left. */
  readonly signal: AbortSignal
  progress(bytes: number, total: number): void
  /** Is told of what was removed because a process that was killed had left it. */
  removed(path: string): void
}

const SERVER_ENTRY = `${DATA_ENTRY}/postgres/server`
const SEGMENT = /^[0-9A-F]{24}$/
const LOCK_TIMEOUT_MS = 10_000

/**
 * Copies a server's files while it runs, by PostgreSQL's low-level API: its files between start and stop, each in whatever
 * state it is, and the log that was written meanwhile, from which a start makes them whole. A temporary slot keeps that log.
 * The file has its name only when it is complete. Throws BackupUnusable.
 */
export async function backupServer(options: BackupOptions): Promise<WrittenManifest> {
  const partial = draftOf(options.file, 'partial')
  if (existsSync(options.file)) throw new BackupUnusable(`${options.file} exists already.`)
  for (const path of await removeLeavings(options.file, 'partial')) options.removed(path)
  const archive = new ArchiveWriter(partial)
  const session = new Client({ connectionString: options.connectionString })
  session.on('error', () => undefined)
  try {
    await session.connect()
    const manifest = await copy(archive, session, options)
    await archive.addText(MANIFEST_ENTRY, JSON.stringify(manifest))
    await archive.end()
    await rename(partial, options.file)
    return manifest
  } catch (error) {
    await archive.abandon()
    throw error
  } finally {
    await session.end()
    await rm(partial, { force: true })
  }
}

async function copy(archive: ArchiveWriter, session: Client, options: BackupOptions): Promise<WrittenManifest> {
  const dataFolder = join(realpathSync(clusterFolder(resolve(options.dataDir))), 'server', 'data')
  await archive.addText(HEAD_ENTRY, JSON.stringify(headOf(options)))
  const from = await begin(session)
  await copyData(archive, dataFolder, options)
  const { to, label, endedAt } = await end(session, options)
  await archive.addText(`${SERVER_ENTRY}/data/backup_label`, label.text)
  await copyLog(archive, `${dataFolder}/pg_wal`, { from: from.segment, to: to.segment })
  await copySecrets(archive, resolve(options.dataDir))
  return { files: archive.files.slice(), wal: { from: from.lsn, to: to.lsn }, endedAt, described: label.described }
}

function headOf({ startedAt }: BackupOptions): BackupHead {
  const platform = thisPlatform()
  return { product: BACKUP_PRODUCT, format: BACKUP_FORMAT, postgres: POSTGRES_MAJOR, platform, startedAt }
}

interface Place {
  readonly lsn: string
  /** Name of the file of the log in which it lies. */
  readonly segment: string
}

async function begin(session: Client): Promise<Place> {
  const { rows: spaces } = await session.query(`select from pg_tablespace where spcname !~ '^pg_'`)
  if (spaces.length > 0) throw new BackupUnusable('The server has tablespaces outside of its folder.')
  await session.query('select pg_create_physical_replication_slot($1, true, true)', [
    `billstream_backup_${process.pid}`,
  ])
  const { rows } = await session.query<Place>(
    `select lsn, pg_walfile_name(lsn) as segment from pg_backup_start('billstream', true) as lsn`,
  )
  return onlyRow(rows)
}

async function copyData(archive: ArchiveWriter, dataFolder: string, options: BackupOptions): Promise<void> {
  const { folders, files, bytes } = await dataFilesOf(dataFolder)
  for (const folder of ['', ...folders.map((folder) => `/${folder}`)]) {
    await archive.addFolder(`${SERVER_ENTRY}/data${folder}`)
  }
  for (const path of files) {
    options.signal.throwIfAborted()
    const size = (await archive.addFile(`${SERVER_ENTRY}/data/${path}`, join(dataFolder, path)))
      ? (archive.files.at(-1)?.size ?? 0)
      : 0
    options.progress(size, bytes)
  }
}

interface Stopped extends Place {
  readonly label: string
  readonly spaces: string
  readonly endedAt: string
}

/** The time by PostgreSQL's clock, as an instant in UTC. */
const STOP = `
  select lsn, pg_walfile_name(lsn) as segment, labelfile as label, spcmapfile as spaces,
         to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "endedAt"
    from pg_backup_stop(false)`

/** The moment of the backup: what `describe` has locked stands still until it is marked. */
async function end(
  session: Client,
  { connectionString, describe }: BackupOptions,
): Promise<{ to: Place; label: { text: string; described: unknown }; endedAt: string }> {
  const other = new Client({ connectionString })
  other.on('error', () => undefined)
  await other.connect()
  try {
    await other.query('begin')
    await other.query(`set local lock_timeout = ${LOCK_TIMEOUT_MS}`)
    const described = await describe(async (text) => (await other.query<Record<string, unknown>>(text)).rows)
    const { rows } = await session.query<Stopped>(STOP)
    const stopped = onlyRow(rows)
    if (stopped.spaces !== '') throw new BackupUnusable('The server has tablespaces outside of its folder.')
    await other.query('commit')
    const { lsn, segment, label, endedAt } = stopped
    return { to: { lsn, segment }, label: { text: label, described }, endedAt }
  } finally {
    await other.end()
  }
}

async function copyLog(
  archive: ArchiveWriter,
  folder: string,
  { from, to }: { from: string; to: string },
): Promise<void> {
  const names = (await readdir(folder)).filter((name) => SEGMENT.test(name) && name >= from && name <= to).sort()
  if (!names.includes(from) || !names.includes(to)) throw new BackupUnusable('The log of the backup is not complete.')
  for (const name of names) {
    if (await archive.addFile(`${SERVER_ENTRY}/data/pg_wal/${name}`, join(folder, name))) continue
    throw new BackupUnusable('The log of the backup is not complete.')
  }
}

/** The server's password, and the files of DATA_DIR itself: without its secrets what is sealed could never be read. */
async function copySecrets(archive: ArchiveWriter, dataDir: string): Promise<void> {
  await archive.addFile(`${SERVER_ENTRY}/password`, join(clusterFolder(dataDir), 'server', 'password'))
  for (const name of readdirSync(dataDir)) {
    const path = join(dataDir, name)
    if (!name.includes('.partial') && statSync(path).isFile()) await archive.addFile(`${DATA_ENTRY}/${name}`, path)
  }
}

function onlyRow<T>(rows: readonly T[]): T {
  const [row] = rows
  if (!row) throw new BackupUnusable('PostgreSQL gave no answer.')
  return row
}
