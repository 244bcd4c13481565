import { randomUUID } from 'node:crypto'
import type { Position } from '@billstream/event-sourcing-core'
import { StoreUnavailable, ChangeSignal } from '@billstream/event-sourcing-runtime'
import { nextPage, type EventReader } from './event-reader'
import { RecentEvents } from './recent-events'
import type { StoreDatabase } from './store-database'
import type { StoredEvent } from './stored-event'

export interface TailOptions {
  /** Between two hints to other processes, in milliseconds (0). */
  readonly tellRestMs?: number
  /**
   * Whether the events at the end are read once and remembered for all subscribers (true). Else each reads by its own filter what
   * has come: less, where the few subscribers of a process want few types.
   */
  readonly remembers?: boolean
}

const CHANNEL = 'billstream_events'
const TELL = {
  name: 'store_tell',
  text: `select pg_notify('${CHANNEL}', $1 || ' ' || coalesce(max(position), 0)) from store.events`,
}
const LOOK_INTERVAL_MS = 1_000
const PAGE_EVENTS_MAX = 500
/** How long what nobody is in a hurry for may go untold, in milliseconds; mostly it goes with what is appended next. */
const TELL_WITHIN_MS = 50

/**
 * The one reader of the store's end in this process, however many subscribers follow it. Appends of this process come from
 * memory, and only where they follow the last event without a hole: positions have none, so nothing of another process
 * can be missing in between. Everything else is read: on a hint of another process, and every second in case a hint was lost;
 * but only once a subscriber waits, so those who take their time share one look at all that came meanwhile.
 */
export class Tail {
  private readonly program = randomUUID()
  private readonly moved = new ChangeSignal()
  private recent: RecentEvents | undefined
  private starting: Promise<RecentEvents> | undefined
  private looking = false
  private lookAgain = false
  private timer: NodeJS.Timeout | undefined
  private telling: NodeJS.Timeout | undefined
  private tellRest: NodeJS.Timeout | undefined
  private tellAgain = false
  private stopListening: (() => void) | undefined
  private closed = false

  constructor(
    private readonly reader: EventReader,
    private readonly database: Pick<StoreDatabase, 'pipeline' | 'notifications'>,
    private readonly options: TailOptions = {},
  ) {}

  private get remembers(): boolean {
    return this.options.remembers ?? true
  }

  get isClosed(): boolean {
    return this.closed
  }

  /** Begins with the first subscriber. Throws StoreUnavailable. */
  async start(): Promise<RecentEvents> {
    if (this.recent) return this.recent
    this.starting ??= this.begin().finally(() => (this.starting = undefined))
    return this.starting
  }

  /** Takes what this process has recorded, in position order without holes; its subscribers see it at once if that is urgent. */
  appended(events: readonly StoredEvent[], isUrgent: boolean): void {
    const last = events.at(-1)?.event.position
    if (last === undefined) return
    this.take(events, last)
    if (isUrgent) this.announce()
    else this.telling ??= setTimeout(() => this.tell(), TELL_WITHIN_MS).unref()
  }

  /**
   * Tells the other processes where the store ends once all appends before are done: they look. The first after a rest goes
   * at once. The hint may be lost, every reader looks once a second anyway.
   */
  tellOthers(): void {
    this.tellAgain = this.tellRest !== undefined
    if (this.tellAgain) return
    this.database.pipeline.query({ ...TELL, values: [this.program] }).catch(() => undefined)
    const { tellRestMs = 0 } = this.options
    if (tellRestMs > 0) this.tellRest = setTimeout(() => this.rested(), tellRestMs).unref()
  }

  /** What has been read, once a subscriber has begun. */
  get started(): RecentEvents | undefined {
    return this.recent
  }

  /** `next` resolves when something was added, when the signal aborts or when the store is closed. Throws what a look has thrown. */
  changes(signal: AbortSignal | undefined): ReturnType<ChangeSignal['waiter']> {
    const { next, end } = this.moved.waiter(signal)
    const nextChange = (): Promise<void> => {
      if (this.closed) return Promise.resolve()
      const change = next()
      this.lookIfAwaited()
      return change
    }
    return { next: nextChange, end }
  }

  close(): void {
    this.closed = true
    clearInterval(this.timer)
    clearTimeout(this.telling)
    clearTimeout(this.tellRest)
    this.stopListening?.()
    this.moved.announce()
  }

  private async begin(): Promise<RecentEvents> {
    const recent = new RecentEvents(await this.reader.head())
    if (this.closed) return recent
    this.recent = recent
    this.stopListening = this.database.notifications.listen(CHANNEL, {
      heard: (payload) => this.heard(payload),
      resumed: () => this.look(),
    })
    this.timer = setInterval(() => this.look(), LOOK_INTERVAL_MS)
    this.timer.unref()
    // What was appended while the head was asked for has been told to nobody.
    this.look()
    return recent
  }

  private take(events: readonly StoredEvent[], last: Position): void {
    if (!this.recent || last <= this.recent.reached) return
    // Positions are given in the order of the commits: whatever is before this one is there as well.
    if (!this.remembers) this.recent.skipTo(last)
    else if (follows(events, this.recent.reached)) this.recent.add(events)
    else this.lookAgain = true
  }

  private rested(): void {
    this.tellRest = undefined
    if (this.tellAgain) this.tellOthers()
  }

  private tell(): void {
    this.tellOthers()
    this.announce()
  }

  /** Only what was recorded ends the wait of what is untold: an append that was sent after it may still be refused. */
  private announce(): void {
    clearTimeout(this.telling)
    this.telling = undefined
    this.moved.announce()
  }

  private heard(payload: string): void {
    const [program, head = ''] = payload.split(' ')
    if (program === this.program || !this.recent) return
    if (!/^\d+$/.test(head) || BigInt(head) > this.recent.reached) this.look()
  }

  private look(): void {
    this.lookAgain = true
    this.lookIfAwaited()
  }

  private lookIfAwaited(): void {
    if (!this.looking && this.isLookDue() && this.recent) void this.readOn(this.recent)
  }

  private isLookDue(): boolean {
    return this.lookAgain && this.moved.isAwaited && !this.closed
  }

  private async readOn(recent: RecentEvents): Promise<void> {
    this.looking = true
    try {
      let limit = PAGE_EVENTS_MAX
      while (this.isLookDue()) {
        this.lookAgain = false
        if (!this.remembers) {
          this.skip(recent, await this.reader.head())
          continue
        }
        const events = await this.reader.after(recent.reached, limit)
        if (events.length === limit) this.lookAgain = true
        limit = nextPage(events, PAGE_EVENTS_MAX)
        this.add(recent, events)
      }
    } catch (error) {
      // When the server is away, the next look, at most a second later, tries again.
      if (!(error instanceof StoreUnavailable)) this.moved.fail(error as Error)
    } finally {
      this.looking = false
    }
  }

  private skip(recent: RecentEvents, head: Position): void {
    if (head <= recent.reached) return
    recent.skipTo(head)
    this.moved.announce()
  }

  private add(recent: RecentEvents, events: readonly StoredEvent[]): void {
    if (events.length === 0) return
    recent.add(events)
    this.moved.announce()
  }
}

function follows(events: readonly StoredEvent[], reached: Position): boolean {
  return events.find(({ event }) => event.position > reached)?.event.position === reached + 1n
}
