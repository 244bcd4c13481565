import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Whose content a server makes anew; the folders themselves must be there. */
const EMPTIED = new Set([
  'pg_wal',
  'pg_replslot',
  'pg_dynshmem',
  'pg_notify',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
])
/** Folders that are looked for below the log's own. */
const BELOW_WAL = ['pg_wal/archive_status', 'pg_wal/summaries']
const LEFT_OUT =
  /^(postmaster\.(pid|opts)|backup_label(\.old)?|tablespace_map(\.old)?|backup_manifest|pg_internal\.init)$|^pgsql_tmp/
const CONTROL_FILE = 'global/pg_control'

export interface DataFiles {
  /** Relative to the data folder, parents first. */
  readonly folders: readonly string[]
  /** The control file last, as PostgreSQL asks. */
  readonly files: readonly string[]
  readonly bytes: number
}

/**
 * What a copy of a running server's data folder is made of. Source: PostgreSQL's manual, "Making a Base Backup Using the Low
 * Level API" and "Backing Up the Data Directory".
 */
export async function dataFilesOf(dataFolder: string): Promise<DataFiles> {
  const [folders, files]: [string[], string[]] = [[], []]
  let bytes = 0
  const look = async (folder: string): Promise<void> => {
    for (const entry of await readdir(join(dataFolder, folder), { withFileTypes: true })) {
      if (LEFT_OUT.test(entry.name)) continue
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory()) {
        folders.push(path)
        if (!EMPTIED.has(path)) await look(path)
      } else if (entry.isFile()) {
        files.push(path)
        bytes += await sizeOf(join(dataFolder, path))
      }
    }
  }
  await look('')
  const ordered = [...files.filter((path) => path !== CONTROL_FILE), CONTROL_FILE]
  return { folders: [...folders, ...BELOW_WAL], files: ordered, bytes }
}

/** 0 for one that is gone meanwhile. */
async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  )
}
