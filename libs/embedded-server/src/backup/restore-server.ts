import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, rmdirSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { Client } from 'pg'
import { clusterFolder, POSTGRES_MAJOR } from '../cluster'
import { startEmbeddedServer } from '../start-embedded-server'
import { readArchive, type ArchiveEntry } from './archive-reader'
import type { ArchivedFile } from './archive-writer'
import {
  BACKUP_FORMAT,
  BACKUP_PRODUCT,
  DATA_ENTRY,
  HEAD_ENTRY,
  MANIFEST_ENTRY,
  thisPlatform,
  type BackupHead,
  type BackupManifest,
} from './backup-manifest'
import type { Query } from './backup-server'
import { BackupUnusable } from './backup-unusable'
import { draftOf, removeLeavings } from './drafts'

export interface RestoreOptions {
  readonly file: string
  /** Must be empty or not there. */
  readonly dataDir: string
  /** Looks at the restored data; what it throws undoes the restore. */
  readonly verify: (query: Query, manifest: BackupManifest) => Promise<void>
  readonly log: (message: string) => void
  readonly signal: AbortSignal
  progress(bytes: number): void
  /** Is told of what was removed because a process that was killed had left it. */
  removed(path: string): void
}

export interface Restored {
  readonly head: BackupHead
  readonly manifest: BackupManifest
}

/**
 * Puts a backup into an empty folder: every file is compared with its checksum, the server is started once, which replays the
 * log, and its data is looked at. The folder has its name only after all that. Throws BackupUnusable.
 */
export async function restoreServer(options: RestoreOptions): Promise<Restored> {
  const dataDir = resolve(options.dataDir)
  if (existsSync(dataDir) && readdirSync(dataDir).length > 0) throw new BackupUnusable(`${dataDir} is not empty.`)
  for (const path of await removeLeavings(dataDir, 'restoring')) options.removed(path)
  const draft = draftOf(dataDir, 'restoring')
  mkdirSync(dirname(dataDir), { recursive: true })
  try {
    const restored = await unpack(options, draft)
    await tryOut(options, draft, restored.manifest)
    if (existsSync(dataDir)) rmdirSync(dataDir)
    await rename(draft, dataDir)
    return restored
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

async function unpack({ file, signal, progress }: RestoreOptions, draft: string): Promise<Restored> {
  // As a start makes them: PostgreSQL may have to run as another account.
  for (const folder of [draft, clusterFolder(draft)]) mkdirSync(folder, { mode: 0o711 })
  const unpacked = new Map<string, ArchivedFile>()
  let [head, manifest]: [BackupHead | undefined, BackupManifest | undefined] = [undefined, undefined]
  for await (const entry of readArchive(file, signal)) {
    signal.throwIfAborted()
    if (entry.path === MANIFEST_ENTRY) manifest = JSON.parse(await textOf(entry)) as BackupManifest
    else if (!head) {
      head = readHead(entry.path, await textOf(entry))
    } else {
      const written = await write(entry, draft)
      if (written) unpacked.set(written.path, written)
      progress(entry.size)
    }
  }
  if (!head || !manifest) throw new BackupUnusable('The file is no complete backup.')
  compare(manifest, unpacked)
  return { head, manifest }
}

function readHead(path: string, text: string): BackupHead {
  if (path !== HEAD_ENTRY) throw new BackupUnusable('The file is no backup of Billstream.')
  const head = JSON.parse(text) as BackupHead
  if (head.product !== BACKUP_PRODUCT || head.format !== BACKUP_FORMAT) {
    throw new BackupUnusable(`The backup has format ${head.format}; this version reads ${BACKUP_FORMAT}.`)
  }
  if (head.postgres !== POSTGRES_MAJOR || head.platform !== thisPlatform()) {
    throw new BackupUnusable(
      `The backup is of PostgreSQL ${head.postgres} on ${head.platform}, and this is ${POSTGRES_MAJOR} on ${thisPlatform()}.`,
    )
  }
  return head
}

async function textOf({ content }: ArchiveEntry): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of content) parts.push(part)
  return Buffer.concat(parts).toString('utf8')
}

/** undefined: a folder. */
async function write({ path, isFolder, content }: ArchiveEntry, draft: string): Promise<ArchivedFile | undefined> {
  const steps = path.split('/')
  if (steps[0] !== DATA_ENTRY || steps.length < 2 || steps.includes('..') || steps.includes('')) {
    throw new BackupUnusable(`The backup holds a file that does not belong there: ${path}`)
  }
  const target = join(draft, ...steps.slice(1))
  if (isFolder) {
    mkdirSync(target, { recursive: true, mode: 0o700 })
    return undefined
  }
  mkdirSync(dirname(target), { recursive: true, mode: 0o700 })
  const hash = createHash('sha256')
  const handle = await open(target, 'wx', 0o600)
  let size = 0
  try {
    for await (const part of content) {
      hash.update(part)
      size += part.length
      await handle.appendFile(part)
    }
  } finally {
    await handle.close()
  }
  return { path, size, sha256: hash.digest('hex') }
}

function compare({ files }: BackupManifest, unpacked: ReadonlyMap<string, ArchivedFile>): void {
  const listed = files.filter(({ path }) => path !== HEAD_ENTRY)
  for (const { path, sha256 } of listed) {
    if (unpacked.get(path)?.sha256 !== sha256) throw new BackupUnusable(`The file is damaged at ${path}.`)
  }
  if (listed.length !== unpacked.size) throw new BackupUnusable('The backup holds files that it does not list.')
}

async function tryOut({ verify, log }: RestoreOptions, draft: string, manifest: BackupManifest): Promise<void> {
  const server = await startEmbeddedServer({ dataDir: draft, log })
  try {
    const client = new Client({ connectionString: server.connectionString })
    await client.connect()
    try {
      // What it locks or changes is undone with the connection.
      await client.query('begin')
      await verify(async (text) => (await client.query<Record<string, unknown>>(text)).rows, manifest)
    } finally {
      await client.end()
    }
  } finally {
    await server.stop()
  }
}
