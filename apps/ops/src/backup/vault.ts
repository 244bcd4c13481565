/** What the platform's data was at the moment of a backup; the restored data must be the same. */
export interface PlatformFacts {
  /** Position of the last event of the store. */
  readonly head: string
  /** Names of the migrations that had run. */
  readonly migrations: readonly string[]
}

interface BackedUp {
  /** The moment whose state it is. */
  readonly endedAt: string
  readonly bytes: number
  readonly files: number
  readonly facts: PlatformFacts
}

interface RestoredBackup {
  readonly startedAt: string
  /** The moment whose state it is; null where the backup, of an earlier version, does not say it. */
  readonly endedAt: string | null
  readonly files: number
  readonly facts: PlatformFacts
  readonly events: number
  readonly usageEvents: number
}

interface Watched {
  readonly signal: AbortSignal
  /** total: absent where it is not known. */
  progress(bytes: number, total?: number): void
  /** Is told of what an earlier try, whose process was killed, had left; it is gone now. */
  removed(path: string): void
}

/** The embedded profile, as a whole, in one file. Both throw CommandEnded, saying what is wrong. */
export interface Vault {
  /** While the platform runs; the file is there only when it is complete. */
  backup(file: string, watched: Watched): Promise<BackedUp>
  /** Into an empty folder; there only when its data was looked at. */
  restore(file: string, dataDir: string, watched: Watched): Promise<RestoredBackup>
}
