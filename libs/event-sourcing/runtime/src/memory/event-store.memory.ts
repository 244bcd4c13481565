import type { NewEvent, Position, RecordedEvent } from '@billstream/event-sourcing-core'
import { ok, refuse, type Clock, type Result } from '@billstream/kernel'
import { countPositions } from '../event-store/count-positions'
import { passes } from '../event-store/event-filter'
import {
  appendTooLarge,
  serializeEvents,
  type SerializedEvent,
  type StoredMetadata,
} from '../event-store/serialized-events'
import { ChangeSignal } from '../event-store/change-signal'
import type {
  Appended,
  CountOptions,
  EventBatch,
  EventCount,
  EventFilter,
  EventStore,
  ExpectedRevision,
  ReadOptions,
  StreamId,
} from '../ports/event-store.port'

const BATCH_MAX = 500

/** The event store in memory: for tests and the simulation. Events are frozen, so a fold that changes one is found out. */
export class MemoryEventStore implements EventStore {
  private readonly log: RecordedEvent[] = []
  private readonly streams = new Map<StreamId, RecordedEvent[]>()
  private readonly ids = new Set<string>()
  private readonly appended = new ChangeSignal()
  private closed = false

  /** clock: real time, for `recordedAt`. */
  constructor(private readonly clock: Clock) {}

  async append(
    stream: StreamId,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<Result<Appended, 'revision_conflict' | 'append_too_large' | 'event_exists'>> {
    // Taken before the first await: what the writer changes afterwards must not reach the store.
    const serialized = serializeEvents(events)
    await Promise.resolve()
    const tooLarge = appendTooLarge(serialized)
    if (tooLarge) return tooLarge
    if (serialized.some(({ id }) => this.ids.has(id))) {
      return refuse('event_exists', `An event of this append is recorded already.`)
    }
    const revision = (this.streams.get(stream)?.length ?? 0) - 1
    if (!isExpected(expected, revision)) return refuse('revision_conflict', `${stream} is at revision ${revision}.`)
    const recorded = serialized.map((event) => this.record(stream, event))
    this.appended.announce()
    return ok({ revision: revision + recorded.length, position: BigInt(this.log.length), events: recorded })
  }

  async *read(stream: StreamId, options: ReadOptions = {}): AsyncIterable<RecordedEvent> {
    await Promise.resolve()
    const from = options.fromRevision ?? 0
    yield* (this.streams.get(stream) ?? []).slice(from, options.limit === undefined ? undefined : from + options.limit)
  }

  async *subscribe(
    from: Position,
    options: { filter?: EventFilter; signal?: AbortSignal; batchMax?: number } = {},
  ): AsyncIterable<EventBatch> {
    const { signal, batchMax = BATCH_MAX } = options
    const wanted = passes(options.filter)
    let reached = from
    while (!this.closed && !signal?.aborted) {
      if (reached >= BigInt(this.log.length)) {
        await this.appended.next(signal)
        continue
      }
      const batch = this.batchAfter(reached, wanted, batchMax)
      reached = batch.reached
      yield batch
    }
  }

  async head(): Promise<Position> {
    return Promise.resolve(BigInt(this.log.length))
  }

  async count(from: Position, { to }: CountOptions): Promise<EventCount> {
    return Promise.resolve(countPositions(from, to))
  }

  async close(): Promise<void> {
    this.closed = true
    this.appended.announce()
    return Promise.resolve()
  }

  private record(stream: StreamId, event: SerializedEvent): RecordedEvent {
    const events = this.streams.get(stream) ?? []
    this.streams.set(stream, events)
    const { organizationId, correlationId } = event
    const recorded = deepFreeze<RecordedEvent>({
      id: event.id,
      type: event.type,
      schemaVersion: event.schemaVersion,
      data: JSON.parse(event.data) as unknown,
      metadata: { ...(JSON.parse(event.metadata) as StoredMetadata), organizationId, correlationId },
      stream,
      revision: events.length,
      position: BigInt(this.log.length + 1),
      recordedAt: this.clock.now(),
    })
    events.push(recorded)
    this.log.push(recorded)
    this.ids.add(event.id)
    return recorded
  }

  private batchAfter(after: Position, wanted: (event: RecordedEvent) => boolean, batchMax: number): EventBatch {
    const events: RecordedEvent[] = []
    let next = Number(after)
    for (; next < this.log.length && events.length < batchMax; next += 1) {
      const event = this.log[next]
      if (event && wanted(event)) events.push(event)
    }
    return { events, reached: BigInt(next) }
  }
}

function isExpected(expected: ExpectedRevision, revision: number): boolean {
  switch (expected) {
    case 'any':
      return true
    case 'no-stream':
      return revision === -1
    case 'stream-exists':
      return revision >= 0
    default:
      return expected === revision
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.values(value).forEach(deepFreeze)
  return Object.freeze(value)
}
