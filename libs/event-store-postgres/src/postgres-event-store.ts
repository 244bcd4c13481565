import type { NewEvent, Position, RecordedEvent } from '@billstream/event-sourcing-core'
import {
  appendTooLarge,
  countPositions,
  serializeEvents,
  type CountOptions,
  type EventBatch,
  type EventCount,
  type EventStore,
  type ExpectedRevision,
  type ReadOptions,
  type StreamId,
} from '@billstream/event-sourcing-runtime'
import { appendGroup, type AppendRequest, type AppendResult, type GroupOutcome } from './append-group'
import { AppendQueue } from './append-queue'
import { EventReader } from './event-reader'
import type { StoreDatabase } from './store-database'
import { follow, type SubscribeOptions } from './subscription'
import { Tail, type TailOptions } from './tail'

export interface PostgresEventStoreOptions extends TailOptions {
  /** Types that subscribers may see a moment later, because what they wait for follows. */
  readonly unhurried?: ReadonlySet<string>
  /** Groups of appends that are written at once (2). One where others wait for the same processors: two halves cost twice. */
  readonly groupsInFlightMax?: number
}

/**
 * The event store on PostgreSQL. The schema comes from `eventStoreMigrations`.
 * One instance per process: it groups the process's appends, and all its subscriptions share one reader.
 */
export class PostgresEventStore implements EventStore {
  private readonly reader: EventReader
  private readonly tail: Tail
  private readonly queue: AppendQueue

  constructor(
    private readonly database: StoreDatabase,
    private readonly options: PostgresEventStoreOptions = {},
  ) {
    this.reader = new EventReader(database.worker)
    this.tail = new Tail(this.reader, database, options)
    this.queue = new AppendQueue((group) => this.write(group), options.groupsInFlightMax)
  }

  async append(stream: StreamId, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult> {
    const serialized = serializeEvents(events)
    return appendTooLarge(serialized) ?? this.queue.append({ stream, expected, events: serialized })
  }

  read(stream: StreamId, options?: ReadOptions): AsyncIterable<RecordedEvent> {
    return this.reader.stream(stream, options)
  }

  subscribe(from: Position, options: SubscribeOptions = {}): AsyncIterable<EventBatch> {
    return follow(this.tail, this.reader, from, options)
  }

  head(): Promise<Position> {
    return this.reader.head()
  }

  /** Positions are given under the lock of the append that takes them, so they have no holes. */
  count(from: Position, { to }: CountOptions): Promise<EventCount> {
    return Promise.resolve(countPositions(from, to))
  }

  /** Waits for the appends in flight; ends every subscription. The database stays open. */
  async close(): Promise<void> {
    await this.queue.close()
    this.tail.close()
  }

  private async write(group: readonly AppendRequest[]): Promise<GroupOutcome> {
    const isUrgent = this.isUrgent(group)
    const appending = appendGroup(this.database.pipeline, group)
    // Right behind the append: others hear of it before its answer has been read here, and the server wakes up once for both.
    if (isUrgent) this.tail.tellOthers()
    const outcome = await appending
    this.tail.appended(outcome.recorded, isUrgent)
    return outcome
  }

  private isUrgent(group: readonly AppendRequest[]): boolean {
    return group.some(({ events }) => events.some(({ type }) => !this.options.unhurried?.has(type)))
  }
}
