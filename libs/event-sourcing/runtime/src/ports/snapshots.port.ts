export interface Snapshot {
  readonly stream: string
  readonly foldVersion: number
  readonly revision: number
  readonly state: unknown
}

/** Rows keyed by stream and fold version; may be dropped at any time. */
export interface Snapshots {
  load(stream: string, foldVersion: number): Promise<Snapshot | undefined>
  /** An older revision does not replace a newer one. */
  save(snapshot: Snapshot): Promise<void>
  /** Of every fold version. */
  drop(stream: string): Promise<void>
}
