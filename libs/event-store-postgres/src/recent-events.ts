import type { Position, RecordedEvent } from '@billstream/event-sourcing-core'
import type { EventBatch } from '@billstream/event-sourcing-runtime'
import type { StoredEvent } from './stored-event'

const RECENT_EVENTS_MAX = 2_000
const RECENT_BYTES_MAX = 8_000_000

/**
 * The end of the store in memory, for all live subscribers together. Bounded: a subscriber that is further behind reads
 * from the store again, so a slow one costs nobody memory.
 */
export class RecentEvents {
  private events: StoredEvent[] = []
  private bytes = 0
  /** Everything after this is here. */
  private after: Position

  constructor(
    /** The last event that is here, or that was before all of them. */
    private last: Position,
    private readonly limits = { events: RECENT_EVENTS_MAX, bytes: RECENT_BYTES_MAX },
  ) {
    this.after = last
  }

  get reached(): Position {
    return this.last
  }

  /** Adds what follows, in position order; what is known already is left out. */
  add(events: readonly StoredEvent[]): void {
    for (const stored of events) {
      if (stored.event.position <= this.last) continue
      this.events.push(stored)
      this.bytes += stored.bytes
      this.last = stored.event.position
    }
    this.forget()
  }

  /** Remembers nothing up to the position: who follows reads for himself what he wants of it. */
  skipTo(position: Position): void {
    if (position <= this.last) return
    this.events = []
    this.bytes = 0
    this.after = this.last = position
  }

  /** Whether every event after the position is still here. */
  holdsAfter(position: Position): boolean {
    return position >= this.after
  }

  /** What follows the position and is wanted. Only where `holdsAfter`. */
  batchAfter(position: Position, wanted: (event: RecordedEvent) => boolean, batchMax: number): EventBatch {
    const events: RecordedEvent[] = []
    for (let index = this.indexAfter(position); index < this.events.length; index += 1) {
      const event = this.events[index]?.event
      if (!event || !wanted(event)) continue
      events.push(event)
      if (events.length === batchMax) return { events, reached: event.position }
    }
    return { events, reached: this.last }
  }

  private indexAfter(position: Position): number {
    let [low, high] = [0, this.events.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      const found = this.events[middle]
      if (found && found.event.position <= position) low = middle + 1
      else high = middle
    }
    return low
  }

  private forget(): void {
    if (this.events.length <= this.limits.events && this.bytes <= this.limits.bytes) return
    // Half at once: forgetting one by one would move the whole array for each event.
    let drop = Math.max(0, this.events.length - Math.floor(this.limits.events / 2))
    let left = this.bytes - sizeOf(this.events.slice(0, drop))
    while (left > this.limits.bytes / 2 && drop < this.events.length) left -= this.events[drop++]?.bytes ?? 0
    this.after = this.events[drop - 1]?.event.position ?? this.last
    this.events = this.events.slice(drop)
    this.bytes = left
  }
}

function sizeOf(events: readonly StoredEvent[]): number {
  return events.reduce((sum, { bytes }) => sum + bytes, 0)
}
