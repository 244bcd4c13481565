import { setMaxListeners } from 'node:events'
import type { Position, RecordedEvent } from '@billstream/event-sourcing-core'
import { ChangeSignal, type EventBatch } from '@billstream/event-sourcing-runtime'
import { excludeSystemEvents, START, type AllStreamResolvedEvent } from '@kurrent/kurrentdb-client'
import type { KurrentSubscription } from './kurrent-client'
import type { Session } from './kurrent-connection'
import { fromKurrent, positionOf } from './stored-event'

/** Events of one subscription that wait in memory; the server is held back beyond. */
const BUFFER_EVENTS_MAX = 256

/** One subscription of the client, taken in batches, until it is dropped. */
export class EventFeed {
  private readonly moved = new ChangeSignal()
  private readonly subscription: KurrentSubscription
  private readonly lost = (): void => this.drop(new Error('The connection was given up.'))
  private dropped: Error | undefined

  /** Everything after the position, but no events of the server itself. */
  constructor(
    private readonly session: Session,
    private reached: Position,
  ) {
    const fromPosition = reached === 0n ? START : { commit: reached, prepare: reached }
    this.subscription = session.client.subscribeToAll(
      { fromPosition, filter: excludeSystemEvents() },
      { highWaterMark: BUFFER_EVENTS_MAX },
    )
    this.subscription.on('readable', () => this.moved.announce())
    this.subscription.on('error', (error) => this.drop(error))
    this.subscription.on('end', () => this.drop(new Error('The server has ended the subscription.')))
    // Every subscription of a program is on the one session.
    setMaxListeners(0, session.lost)
    session.lost.addEventListener('abort', this.lost)
    if (session.lost.aborted) this.lost()
  }

  /** Why there will be no more; undefined while there may. */
  get failure(): Error | undefined {
    return this.dropped
  }

  /** What has come in since, at most so many events that are wanted; undefined when nothing has. */
  take(wanted: (event: RecordedEvent) => boolean, batchMax: number): EventBatch | undefined {
    const before = this.reached
    const events: RecordedEvent[] = []
    while (events.length < batchMax) {
      const next = this.subscription.read()
      if (!next) break
      const event = this.pass(next)
      if (event && wanted(event)) events.push(event)
    }
    return this.reached > before ? { events, reached: this.reached } : undefined
  }

  /** Resolves when something has come in, when the subscription is dropped or when the signal aborts. */
  change(signal: AbortSignal): Promise<void> {
    return this.dropped ? Promise.resolve() : this.moved.next(signal)
  }

  close(): void {
    this.session.lost.removeEventListener('abort', this.lost)
    this.subscription.unsubscribe().catch(() => undefined)
    this.subscription.destroy()
  }

  private pass({ event }: AllStreamResolvedEvent): RecordedEvent | undefined {
    if (!event) return undefined
    this.reached = positionOf(event)
    return fromKurrent(event)?.event
  }

  private drop(error: Error): void {
    this.dropped ??= error
    this.moved.announce()
  }
}
