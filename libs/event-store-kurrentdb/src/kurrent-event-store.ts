import type { NewEvent, Position, RecordedEvent } from '@billstream/event-sourcing-core'
import {
  appendTooLarge,
  serializeEvents,
  type CountOptions,
  type EventBatch,
  type EventCount,
  type EventFilter,
  type EventStore,
  type ExpectedRevision,
  type Log,
  type ReadOptions,
  type StreamId,
} from '@billstream/event-sourcing-runtime'
import { AppendLanes } from './append-lanes'
import { EventAppender, type AppendResult } from './event-appender'
import { EventReader } from './event-reader'
import { serverVersionOf, type KurrentClient } from './kurrent-client'
import { KurrentConnection } from './kurrent-connection'
import { follow } from './subscription'

export interface KurrentEventStoreOptions {
  /** A new client; asked for again each time that the connection was lost. */
  readonly connect: () => KurrentClient
  readonly log: Log
  /** How long a call may take, in milliseconds; 10 s by default. */
  readonly deadlineMs?: number
}

/** The event store on KurrentDB. One instance per process: it keeps the appends of a stream in order, and all of them within bounds. */
export class KurrentEventStore implements EventStore {
  private readonly connection: KurrentConnection
  private readonly reader: EventReader
  private readonly appender: EventAppender
  private readonly lanes = new AppendLanes()
  private readonly closing = new AbortController()
  private readonly log: Log

  constructor({ connect, log, deadlineMs }: KurrentEventStoreOptions) {
    this.log = log
    this.connection = new KurrentConnection(connect, log, deadlineMs)
    this.reader = new EventReader(this.connection)
    this.appender = new EventAppender(this.connection, this.reader)
  }

  async append(stream: StreamId, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult> {
    const serialized = serializeEvents(events)
    const tooLarge = appendTooLarge(serialized)
    if (tooLarge) return tooLarge
    return this.lanes.run(stream, () => this.appender.append({ stream, expected, events: serialized }))
  }

  read(stream: StreamId, options?: ReadOptions): AsyncIterable<RecordedEvent> {
    return this.reader.stream(stream, options)
  }

  subscribe(
    from: Position,
    options: { filter?: EventFilter; signal?: AbortSignal; batchMax?: number } = {},
  ): AsyncIterable<EventBatch> {
    const { filter, batchMax } = options
    const signal = options.signal ? AbortSignal.any([options.signal, this.closing.signal]) : this.closing.signal
    return follow(this.connection, this.log, from, { filter, batchMax, signal })
  }

  head(): Promise<Position> {
    return this.reader.head()
  }

  /** A position is a place in the log's file: only who reads knows how many events there are. */
  async count(from: Position, { to, max, signal }: CountOptions): Promise<EventCount> {
    let events = 0
    if (to <= from) return { events, hasMore: false }
    for await (const batch of this.subscribe(from, signal && { signal })) {
      events += batch.events.filter(({ position }) => position <= to).length
      if (batch.reached >= to) return { events: Math.min(events, max), hasMore: events > max }
      if (events > max) break
    }
    return { events: Math.min(events, max), hasMore: true }
  }

  /** undefined: it tells none. Throws StoreUnavailable. */
  serverVersion(): Promise<string | undefined> {
    return this.connection.call(serverVersionOf)
  }

  /** Waits for the appends in flight; ends every subscription and the connection. */
  async close(): Promise<void> {
    await this.lanes.close()
    this.closing.abort()
    await this.connection.close()
  }
}
