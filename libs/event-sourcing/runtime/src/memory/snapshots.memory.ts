import type { Snapshot, Snapshots } from '../ports/snapshots.port'
import { jsonCopy } from './json-copy'

/** Snapshots of one process. */
export class MemorySnapshots implements Snapshots {
  private readonly streams = new Map<string, Map<number, Snapshot>>()

  async load(stream: string, foldVersion: number): Promise<Snapshot | undefined> {
    const snapshot = this.streams.get(stream)?.get(foldVersion)
    return snapshot && jsonCopy(snapshot)
  }

  async save(snapshot: Snapshot): Promise<void> {
    const versions = this.streams.get(snapshot.stream) ?? new Map<number, Snapshot>()
    this.streams.set(snapshot.stream, versions)
    const known = versions.get(snapshot.foldVersion)
    if (!known || known.revision < snapshot.revision) versions.set(snapshot.foldVersion, jsonCopy(snapshot))
  }

  async drop(stream: string): Promise<void> {
    this.streams.delete(stream)
  }
}
