import { randomUUID } from 'node:crypto'
import { NO_STREAM, type AppendStreamState, type JSONEventData } from '@kurrent/kurrentdb-client'
import {
  StoreUnavailable,
  type EventStore,
  type ExpectedRevision,
  type SerializedEvent,
  type StreamId,
} from '@billstream/event-sourcing-runtime'
import { ok, refuse } from '@billstream/kernel'
import type { EventReader } from './event-reader'
import type { KurrentConnection } from './kurrent-connection'
import { isTooLarge, isWrongRevision } from './kurrent-errors'
import { fromKurrent, toKurrent, type StoredEvent } from './stored-event'

/** Appends that expect nothing begin again when another program was faster, at most so often. */
const RACES_MAX = 100
const EMPTY = -1

export type AppendResult = Awaited<ReturnType<EventStore['append']>>

export interface AppendRequest {
  readonly stream: StreamId
  readonly expected: ExpectedRevision
  readonly events: readonly SerializedEvent[]
}

/**
 * Appends as the port wants them. The server is always asked with the exact revision: only then does it recognise a repeat
 * for ever, where it otherwise knows the latest ids alone. It answers a repeat like the first time, so what was recorded is
 * read back, which also tells positions and times.
 */
export class EventAppender {
  constructor(
    private readonly connection: KurrentConnection,
    private readonly reader: EventReader,
  ) {}

  /** Throws StoreUnavailable: then the events may have been recorded, all or none. */
  async append(request: AppendRequest): Promise<AppendResult> {
    const { expected } = request
    if (expected === 'any' || expected === 'stream-exists') return this.appendAtEnd(request)
    const result = await this.appendAfter(expected === 'no-stream' ? EMPTY : expected, request)
    return result === 'elsewhere' ? this.refusalOf(request) : result
  }

  private async appendAtEnd(request: AppendRequest): Promise<AppendResult> {
    let last = EMPTY
    for (let race = 0; race < RACES_MAX; race += 1) {
      const seen = await this.look(request, last + 1)
      if (seen.repeated) return alreadyRecorded()
      last = seen.last
      if (last === EMPTY && request.expected === 'stream-exists') return elsewhere(request.stream, last)
      const result = await this.appendAfter(last, request)
      if (result !== 'elsewhere') return result
    }
    throw new StoreUnavailable(`Too many programs append to ${request.stream} at once.`)
  }

  private async appendAfter(revision: number, { stream, events }: AppendRequest): Promise<AppendResult | 'elsewhere'> {
    const append = { appendId: randomUUID(), recordedAt: new Date().toISOString() }
    const sent = await this.send(
      stream,
      revision,
      events.map((event) => toKurrent(event, append)),
    )
    if (sent !== 'recorded') return sent
    const recorded: StoredEvent[] = []
    for await (const event of this.reader.recorded(stream, revision + 1, events.length)) {
      const stored = fromKurrent(event)
      if (stored) recorded.push(stored)
    }
    if (recorded.some((stored) => stored.appendId !== append.appendId)) return alreadyRecorded()
    const last = recorded.at(-1)?.event
    if (!last || recorded.length < events.length) throw new Error(`What was appended to ${stream} is not there.`)
    return ok({ revision: last.revision, position: last.position, events: recorded.map(({ event }) => event) })
  }

  private async send(
    stream: StreamId,
    revision: number,
    events: JSONEventData[],
  ): Promise<'recorded' | 'elsewhere' | Extract<AppendResult, { ok: false }>> {
    const streamState: AppendStreamState = revision === EMPTY ? NO_STREAM : BigInt(revision)
    const options = { streamState, requiresLeader: true, deadline: this.connection.deadlineMs }
    try {
      const { success } = await this.connection.call((client) => client.appendToStream(stream, events, options))
      return success ? 'recorded' : 'elsewhere'
    } catch (error) {
      if (isWrongRevision(error)) return 'elsewhere'
      if (isTooLarge(error)) return refuse('append_too_large', `KurrentDB refused it: ${(error as Error).message}`)
      throw error
    }
  }

  /** Why the stream is not where the append expected it: because of the same events, or of others. */
  private async refusalOf(request: AppendRequest): Promise<AppendResult> {
    const { repeated, last } = await this.look(request, 0)
    return repeated ? alreadyRecorded() : elsewhere(request.stream, last)
  }

  /** Whether one of the events is on the stream from there on, and the stream's last revision. */
  private async look({ stream, events }: AppendRequest, from: number): Promise<{ repeated: boolean; last: number }> {
    const ids = new Set(events.map(({ id }) => id))
    let last = from - 1
    for await (const { id, revision } of this.reader.recorded(stream, from, Number.POSITIVE_INFINITY)) {
      if (ids.has(id)) return { repeated: true, last }
      last = Number(revision)
    }
    return { repeated: false, last }
  }
}

function alreadyRecorded(): AppendResult {
  return refuse('event_exists', 'An event of this append is recorded already.')
}

function elsewhere(stream: StreamId, revision: number): AppendResult {
  return refuse('revision_conflict', `${stream} is at revision ${revision}.`)
}
