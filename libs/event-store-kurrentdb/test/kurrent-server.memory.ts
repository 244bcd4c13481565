import { Readable } from 'node:stream'
import {
  DeadlineExceededError,
  NO_STREAM,
  START,
  STREAM_EXISTS,
  ANY,
  StreamNotFoundError,
  UnavailableError,
  type AllStreamResolvedEvent,
  type AppendStreamState,
  type JSONEventData,
  type Position,
} from '@kurrent/kurrentdb-client'
import type { KurrentClient, KurrentSubscription } from '../src/kurrent-client'
import { isExpected, notLeader, wrongExpectedVersion } from './kurrent-refusals'

type LogEvent = NonNullable<AllStreamResolvedEvent['event']>

/** Ids that the server remembers where no revision is expected; beyond, a repeat is recorded again. */
const REMEMBERED_IDS_MAX = 1_000
/** So much of the log is one event away from the next: positions are offsets in a file. */
const RECORD_BYTES = 97n
const SYSTEM_STREAM = '$stats-127.0.0.1:2113'

/** How the next calls go, in their order. `lost-answer` records and then fails; `silent` never answers. */
export type Fault = 'unavailable' | 'deadline' | 'not-leader' | 'lost-answer' | 'silent'

/**
 * KurrentDB as its documentation and its client describe it, in memory: one log with positions that have holes, events of
 * the server's own in between, and its rules for repeats. It is not KurrentDB.
 */
export class MemoryKurrentServer {
  private readonly log: LogEvent[] = []
  private readonly streams = new Map<string, LogEvent[]>()
  private readonly remembered = new Map<string, string>()
  private readonly subscriptions = new Set<MemorySubscription>()
  private readonly faults: { call: 'append' | 'read' | 'subscribe'; fault: Fault | Error }[] = []
  private end = 4_096n
  private down = false
  /** Clients that were opened, and not disposed. */
  readonly clients = { opened: 0, open: 0 }
  /** Appends that were here at once, at most. */
  readonly inFlight = { now: 0, most: 0 }
  appends = 0
  refusedAppends = 0

  /** `version`: what the client knows of the server, and does not show to others. */
  connect(version = 'unknown'): KurrentClient {
    this.clients.opened += 1
    this.clients.open += 1
    const own = new Set<MemorySubscription>()
    const client: KurrentClient & { readonly capabilities: unknown } = {
      capabilities: Promise.resolve({ serverVersion: version }),
      appendToStream: (stream, events, { streamState }) => this.append(stream, events, streamState),
      readStream: (stream, { fromRevision, maxCount }) => this.read(stream, Number(fromRevision), maxCount),
      readAll: ({ filter }) => this.readLast(filter as { regex: string }),
      subscribeToAll: ({ fromPosition, filter }, { highWaterMark }) => {
        const subscription = this.subscribe(fromPosition, filter as { regex: string }, highWaterMark)
        own.add(subscription)
        return subscription
      },
      dispose: () => {
        this.clients.open -= 1
        // As with the client: what it has ended itself is told to nobody.
        for (const subscription of own) this.subscriptions.delete(subscription)
        return Promise.resolve()
      },
    }
    return client
  }

  /** The next such call goes wrong. */
  fail(call: 'append' | 'read' | 'subscribe', fault: Fault | Error): void {
    this.faults.push({ call, fault })
  }

  /** As after a restart, or many events later: where no revision is expected, a repeat is not recognised any more. */
  forgetIds(): void {
    this.remembered.clear()
  }

  stop(): void {
    this.down = true
    this.dropSubscriptions(new UnavailableError())
  }

  start(): void {
    this.down = false
  }

  /** As a node does that restarts, or that finds a subscriber too slow. */
  dropSubscriptions(error?: Error): void {
    for (const subscription of [...this.subscriptions]) subscription.fall(error)
    this.subscriptions.clear()
  }

  get subscribers(): number {
    return this.subscriptions.size
  }

  /** An event that no adapter has written. */
  async recordForeign(stream: string, type: string): Promise<void> {
    const id = crypto.randomUUID()
    await this.append(stream, [{ id, type, contentType: 'application/json', data: {}, metadata: undefined }], ANY)
  }

  /** What only the server itself writes. */
  recordSystemEvent(): void {
    const data = { id: crypto.randomUUID(), type: '$statsCollected', data: {}, metadata: undefined }
    this.record(SYSTEM_STREAM, { ...data, contentType: 'application/json' })
  }

  private async append(stream: string, events: JSONEventData[], state: AppendStreamState): Promise<{ success: true }> {
    this.inFlight.now += 1
    this.inFlight.most = Math.max(this.inFlight.most, this.inFlight.now)
    try {
      const answerIsLost = await this.meetFault('append')
      const last = (this.streams.get(stream)?.length ?? 0) - 1
      if (!this.isRepeat(stream, events, state, last)) {
        if (!isExpected(state, last)) {
          this.refusedAppends += 1
          throw wrongExpectedVersion(stream, state, last)
        }
        this.appends += 1
        // The wire's form: an adapter cannot keep an object of its caller here.
        for (const event of events) this.record(stream, JSON.parse(JSON.stringify(event)) as JSONEventData)
        if (events[0]?.type !== '$statsCollected') this.recordSystemEvent()
      }
      if (answerIsLost) throw new DeadlineExceededError()
      return { success: true }
    } finally {
      this.inFlight.now -= 1
    }
  }

  /** An exact revision is compared with what follows it, however long ago; else only the latest ids are known. */
  private isRepeat(stream: string, events: JSONEventData[], state: AppendStreamState, last: number): boolean {
    if (state === ANY || state === STREAM_EXISTS) {
      const known = events.map(({ id }) => this.remembered.get(id) === stream)
      if (known[0] && !known.every(Boolean)) throw wrongExpectedVersion(stream, state, last)
      return known.every(Boolean)
    }
    const expected = state === NO_STREAM ? -1 : Number(state)
    if (expected >= last) return false
    const recorded = this.streams.get(stream) ?? []
    const same = events.map(({ id }, index) => recorded[expected + 1 + index]?.id === id)
    return same.every(Boolean)
  }

  private record(stream: string, event: JSONEventData): void {
    const events = this.streams.get(stream) ?? []
    this.streams.set(stream, events)
    this.end += RECORD_BYTES + BigInt(JSON.stringify(event).length)
    const recorded: LogEvent = {
      id: event.id,
      type: event.type,
      streamId: stream,
      isJson: true,
      revision: BigInt(events.length),
      created: new Date(),
      data: event.data,
      metadata: event.metadata,
      position: { commit: this.end, prepare: this.end },
    }
    events.push(recorded)
    this.log.push(recorded)
    this.remembered.delete(event.id)
    this.remembered.set(event.id, stream)
    const [oldest] = this.remembered.keys()
    if (this.remembered.size > REMEMBERED_IDS_MAX && oldest !== undefined) this.remembered.delete(oldest)
    for (const subscription of this.subscriptions) subscription.moved()
  }

  private async *read(stream: string, from: number, maxCount: number) {
    await this.meetFault('read')
    const events = this.streams.get(stream)
    if (!events) throw new StreamNotFoundError(undefined, stream)
    for (const event of events.slice(from, from + maxCount)) yield inWholeSeconds(copyOf(event))
  }

  private async *readLast({ regex }: { regex: string }) {
    await this.meetFault('read')
    const event = this.log.findLast(({ type }) => new RegExp(regex).test(type))
    if (event) yield inWholeSeconds(copyOf(event))
  }

  private subscribe(from: typeof START | Position, filter: { regex: string }, highWaterMark: number) {
    const after = from === START ? 0n : from.commit
    const subscription = new MemorySubscription(this.log, after, new RegExp(filter.regex), highWaterMark)
    this.subscriptions.add(subscription)
    subscription.once('unsubscribed', () => this.subscriptions.delete(subscription))
    this.meetFault('subscribe').catch((error: Error) => {
      this.subscriptions.delete(subscription)
      subscription.fall(error)
    })
    return subscription
  }

  /** Throws what the client would throw; true when the call is to be done and its answer lost. */
  private async meetFault(call: 'append' | 'read' | 'subscribe'): Promise<boolean> {
    await new Promise((resolve) => setImmediate(resolve))
    if (this.down) throw new UnavailableError()
    const index = this.faults.findIndex((planned) => planned.call === call)
    if (index < 0) return false
    const [planned] = this.faults.splice(index, 1)
    if (planned?.fault instanceof Error) throw planned.fault
    switch (planned?.fault) {
      case 'unavailable':
        throw new UnavailableError()
      case 'deadline':
        throw new DeadlineExceededError()
      case 'not-leader':
        throw notLeader()
      case 'silent':
        return new Promise(() => undefined)
      default:
        return true
    }
  }
}

class MemorySubscription extends Readable implements KurrentSubscription {
  private next = 0
  private wanting = false

  constructor(
    private readonly log: readonly LogEvent[],
    private readonly after: bigint,
    private readonly types: RegExp,
    highWaterMark: number,
  ) {
    super({ objectMode: true, highWaterMark })
  }

  override _read(): void {
    this.wanting = true
    this.moved()
  }

  moved(): void {
    while (this.wanting && this.next < this.log.length) {
      const event = this.log[this.next]
      this.next += 1
      if (!event || event.position.commit <= this.after || !this.types.test(event.type)) continue
      this.wanting = this.push(copyOf(event))
    }
  }

  /** As the client does: it tells the error, or the end, and stays as it is. */
  fall(error: Error | undefined): void {
    this.wanting = false
    if (error) this.emit('error', error)
    else this.push(null)
  }

  unsubscribe(): Promise<void> {
    this.emit('unsubscribed')
    return Promise.resolve()
  }
}

/** Every reader parses its own. */
function copyOf(event: LogEvent): { event: LogEvent; commitPosition: bigint } {
  return { event: structuredClone(event), commitPosition: event.position.commit }
}

/** As the client reads the server's time, except in subscriptions. */
function inWholeSeconds(resolved: ReturnType<typeof copyOf>): ReturnType<typeof copyOf> {
  resolved.event.created.setMilliseconds(0)
  return resolved
}
