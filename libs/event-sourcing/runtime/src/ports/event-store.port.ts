import type { NewEvent, Position, RecordedEvent } from '@billstream/event-sourcing-core'
import type { Result } from '@billstream/kernel'

export type StreamId = string

/** A number is the revision of the last event that the writer has seen. All four are enforced. */
export type ExpectedRevision = number | 'no-stream' | 'stream-exists' | 'any'

export interface Appended {
  /** Revision of the last event appended. */
  readonly revision: number
  /** Position of the last event appended: a view that has reached it shows the effect. */
  readonly position: Position
  /** What was recorded, in order. */
  readonly events: readonly RecordedEvent[]
}

export interface ReadOptions {
  /** First revision to read; 0 by default. */
  readonly fromRevision?: number
  /** At most so many events. */
  readonly limit?: number
}

export interface EventFilter {
  readonly types?: readonly string[]
  readonly categories?: readonly string[]
}

export interface EventBatch {
  /** In position order, those that pass the filter. May be empty. */
  readonly events: readonly RecordedEvent[]
  /** Everything up to here was seen, also what the filter left out. */
  readonly reached: Position
}

export interface CountOptions {
  /** Up to and with this position. */
  readonly to: Position
  /** So many events are looked at, where a store must read to count. */
  readonly max: number
  readonly signal?: AbortSignal
}

export interface EventCount {
  readonly events: number
  /** There are more: the count ended at `max`, or with the signal. */
  readonly hasMore: boolean
}

/** Bytes of one append in all, in every adapter (KurrentDB's limit is 1 MiB). Beyond: Refusal `append_too_large`. */
export const APPEND_BYTES_MAX = 1_000_000

/**
 * The source of truth. Position order is commit order: no reader can skip an event.
 * Throws StoreUnavailable when the store cannot be reached; an append that threw may have happened, its repeat is safe
 * because event ids are derived from the command.
 */
export interface EventStore {
  /**
   * All or nothing, durable when it resolves. Refusals: `revision_conflict` (the stream is elsewhere), `append_too_large`,
   * `event_exists` (an event with one of these ids is recorded already). Every adapter finds them on the stream itself, after
   * the expected revision at least: who expects a revision has seen the events up to there. Where the store has an index of
   * ids, it finds them on any stream.
   */
  append(
    stream: StreamId,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<Result<Appended, 'revision_conflict' | 'append_too_large' | 'event_exists'>>
  /** In revision order; an unknown stream has no events. */
  read(stream: StreamId, options?: ReadOptions): AsyncIterable<RecordedEvent>
  /**
   * Everything after `from`, in position order without gaps: catches up, then goes live. Ends when `signal` aborts.
   * An idle subscription yields an empty batch within 50 ms of a filtered-out event. Resumes by itself after a lost connection.
   */
  subscribe(
    from: Position,
    options?: { filter?: EventFilter; signal?: AbortSignal; batchMax?: number },
  ): AsyncIterable<EventBatch>
  /** The last position at which something is recorded; 0n for an empty store. */
  head(): Promise<Position>
  /** Events of any type behind `from`. Positions have holes in some stores, so their difference tells nothing. */
  count(from: Position, options: CountOptions): Promise<EventCount>
  close(): Promise<void>
}
