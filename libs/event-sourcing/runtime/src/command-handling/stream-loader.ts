import type { Decider, RecordedEvent } from '@billstream/event-sourcing-core'
import { LRUCache } from 'lru-cache'
import type { EventStore, ReadOptions } from '../ports/event-store.port'
import type { Snapshots } from '../ports/snapshots.port'
import { emptyStream, foldRecorded, type CommandEffect, type FoldedStream } from './folded-stream'

/** Streams kept folded in memory; the expected revision finds out when one is behind. */
export const CACHED_STREAMS_MAX = 20_000
/** A snapshot is written each time so many events came since the last one. */
export const SNAPSHOT_EVERY_EVENTS = 200

interface StoredFold {
  state: unknown
  organizationId: string
  position: string
  commands: [string, { position: string; types: readonly string[] }][]
  abandoned: string[]
}

/** Loads and folds streams: from memory, else from the events, with a snapshot of long ones. States hold no personal data. */
export class StreamLoader {
  /** Counted by size, so that no room is taken before there are streams. */
  private readonly cache = new LRUCache<string, FoldedStream>({ maxSize: CACHED_STREAMS_MAX, sizeCalculation: () => 1 })

  constructor(
    private readonly eventStore: EventStore,
    private readonly snapshots: Snapshots,
  ) {}

  async load(decider: Decider<unknown>, stream: string): Promise<FoldedStream> {
    return this.cache.get(stream) ?? this.reload(decider, stream)
  }

  /** For a command that creates: its stream is taken for empty, unless it is known. An append finds out, at no cost of its own. */
  presumeNew(decider: Decider<unknown>, stream: string): FoldedStream {
    return this.cache.get(stream) ?? emptyStream(decider)
  }

  /** Past the cache, after a conflict. */
  async reload(decider: Decider<unknown>, stream: string): Promise<FoldedStream> {
    const first = await this.eventsOf(stream, { limit: SNAPSHOT_EVERY_EVENTS })
    const folded = foldRecorded(decider, emptyStream(decider), first)
    this.cache.set(stream, folded)
    // A shorter stream, as nearly all are, has no snapshot.
    if (first.length < SNAPSHOT_EVERY_EVENTS) return folded
    return this.catchUp(decider, stream, (await this.fromSnapshot(decider, stream)) ?? folded)
  }

  /** What has come since; the same fold where nothing has. */
  async catchUp(decider: Decider<unknown>, stream: string, known: FoldedStream): Promise<FoldedStream> {
    const events = await this.eventsOf(stream, { fromRevision: known.revision + 1 })
    const folded = foldRecorded(decider, known, events)
    this.cache.set(stream, folded)
    return folded
  }

  /** After an append: folds on in memory, and writes a snapshot now and then. */
  async appended(
    decider: Decider<unknown>,
    stream: string,
    before: FoldedStream,
    events: readonly RecordedEvent[],
  ): Promise<FoldedStream> {
    const after = foldRecorded(decider, before, events)
    this.cache.set(stream, after)
    const crossed =
      Math.floor((after.revision + 1) / SNAPSHOT_EVERY_EVENTS) >
      Math.floor((before.revision + 1) / SNAPSHOT_EVERY_EVENTS)
    if (crossed) await this.snapshots.save(toSnapshot(decider, stream, after))
    return after
  }

  forget(stream: string): void {
    this.cache.delete(stream)
  }

  private async eventsOf(stream: string, options: ReadOptions): Promise<RecordedEvent[]> {
    const events: RecordedEvent[] = []
    for await (const event of this.eventStore.read(stream, options)) events.push(event)
    return events
  }

  private async fromSnapshot(decider: Decider<unknown>, stream: string): Promise<FoldedStream | undefined> {
    const snapshot = await this.snapshots.load(stream, decider.foldVersion)
    if (!snapshot) return undefined
    const stored = snapshot.state as StoredFold
    return {
      state: stored.state,
      organizationId: stored.organizationId,
      revision: snapshot.revision,
      position: BigInt(stored.position),
      commands: new Map(
        stored.commands.map(([id, effect]): [string, CommandEffect] => [
          id,
          { ...effect, position: BigInt(effect.position) },
        ]),
      ),
      abandoned: new Set(stored.abandoned),
    }
  }
}

function toSnapshot(decider: Decider<unknown>, stream: string, folded: FoldedStream) {
  const state: StoredFold = {
    state: folded.state,
    organizationId: folded.organizationId ?? '',
    position: String(folded.position),
    commands: [...folded.commands].map(([id, effect]) => [
      id,
      { position: String(effect.position), types: effect.types },
    ]),
    abandoned: [...folded.abandoned],
  }
  return { stream, foldVersion: decider.foldVersion, revision: folded.revision, state }
}
