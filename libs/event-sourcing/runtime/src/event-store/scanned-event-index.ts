import type { Position, RecordedEvent } from '@billstream/event-sourcing-core'
import type {
  Completeness,
  EventIndex,
  EventPlace,
  EventSearch,
  StreamSearch,
  StreamSummary,
} from '../ports/event-index.port'
import type { EventStore } from '../ports/event-store.port'

/** Who is told of a walk through the store, which may take long. */
export interface ScanWatch {
  /** Breaks a walk off: it throws the reason. */
  readonly signal?: AbortSignal
  /** A walk begins, up to this position. */
  begin?(target: Position): ScanProgress
}

export interface ScanProgress {
  reached(position: Position): void
  end(): void
}

/**
 * The index of a store that has none: every question reads all events up to the head, in bounded memory but for the
 * summaries of the streams asked for, and a number of each stream where all are checked.
 */
export class ScannedEventIndex implements EventIndex {
  constructor(
    private readonly eventStore: EventStore,
    private readonly watch: ScanWatch = {},
  ) {}

  async streams({ category, after = '', limit }: StreamSearch): Promise<StreamSummary[]> {
    const summaries = new Map<string, StreamSummary>()
    const wanted = (stream: string) =>
      isBehind(stream, after) && (category === undefined || stream.startsWith(`${category}-`))
    for await (const event of this.all()) if (wanted(event.stream)) summaries.set(event.stream, summaryOf(event))
    const inOrder = [...summaries.values()].sort((one, other) => (isBehind(one.stream, other.stream) ? 1 : -1))
    return inOrder.slice(0, limit)
  }

  async find(ids: readonly string[]): Promise<EventPlace[]> {
    const sought = new Set(ids)
    const found: EventPlace[] = []
    if (sought.size === 0) return found
    for await (const { id, stream, revision } of this.all()) {
      if (!sought.delete(id)) continue
      found.push({ id, stream, revision })
      if (sought.size === 0) break
    }
    return found
  }

  async last(search: EventSearch): Promise<EventPlace[]> {
    const last: EventPlace[] = []
    for await (const event of this.all()) {
      if (event.position > search.until) break
      if (!matches(event, search)) continue
      const { id, stream, revision } = event
      last.push({ id, stream, revision })
      if (last.length > search.limit) last.shift()
    }
    return last
  }

  async completeness(namedMax: number): Promise<Completeness> {
    const ends = new Map<string, number>()
    const broken = new Map<string, number>()
    for await (const { stream, revision } of this.all()) {
      const expected = (ends.get(stream) ?? -1) + 1
      if (revision !== expected && !broken.has(stream)) broken.set(stream, Math.min(revision, expected))
      ends.set(stream, Math.max(revision, expected - 1))
    }
    const named = [...broken].map(([stream, revision]) => ({ stream, revision }))
    named.sort((one, other) => (isBehind(one.stream, other.stream) ? 1 : -1))
    return { positions: null, streams: ends.size, brokenStreams: broken.size, broken: named.slice(0, namedMax) }
  }

  private async *all(): AsyncIterable<RecordedEvent> {
    const head = await this.eventStore.head()
    if (head === 0n) return
    const { signal } = this.watch
    const progress = this.watch.begin?.(head)
    try {
      for await (const { events, reached } of this.eventStore.subscribe(0n, signal && { signal })) {
        signal?.throwIfAborted()
        yield* events
        progress?.reached(reached)
        if (reached >= head) return
      }
      signal?.throwIfAborted()
    } finally {
      progress?.end()
    }
  }
}

function matches({ type, stream, metadata }: RecordedEvent, search: EventSearch): boolean {
  if (search.types && !search.types.includes(type)) return false
  if (search.stream !== undefined && search.stream !== stream) return false
  return search.organizationId === undefined || search.organizationId === metadata.organizationId
}

function summaryOf({ stream, revision, type, position, recordedAt, metadata }: RecordedEvent): StreamSummary {
  return {
    stream,
    organizationId: metadata.organizationId,
    events: revision + 1,
    lastType: type,
    lastPosition: position,
    lastRecordedAt: recordedAt,
  }
}

function isBehind(stream: string, other: string): boolean {
  return Buffer.compare(Buffer.from(stream), Buffer.from(other)) > 0
}
