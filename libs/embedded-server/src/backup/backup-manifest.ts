import type { ArchivedFile } from './archive-writer'

export const BACKUP_PRODUCT = 'billstream'
export const BACKUP_FORMAT = 1
export const HEAD_ENTRY = 'backup.json'
export const MANIFEST_ENTRY = 'manifest.json'
/** Below it lies what DATA_DIR holds. */
export const DATA_ENTRY = 'data-dir'

/** The first entry: whether this program can restore the rest. */
export interface BackupHead {
  readonly product: string
  readonly format: number
  /** Major version of PostgreSQL, whose files no other one reads. */
  readonly postgres: string
  /** Operating system and processor, by which the files differ. */
  readonly platform: string
  readonly startedAt: string
}

/** The last entry. */
export interface BackupManifest {
  readonly files: readonly ArchivedFile[]
  /** Of the log that is to be replayed. */
  readonly wal: { readonly from: string; readonly to: string }
  /** The moment of the backup, whose state is restored. Backups of earlier versions do not say it. */
  readonly endedAt?: string
  /** What the caller said of the data at the moment of the backup. JSON. */
  readonly described: unknown
}

/** As this version writes it. */
export type WrittenManifest = Required<BackupManifest>

export function thisPlatform(): string {
  return `${process.platform}-${process.arch}`
}
