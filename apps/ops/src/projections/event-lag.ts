import type { Position } from '@billstream/event-sourcing-core'
import type { EventStore } from '@billstream/event-sourcing-runtime'
import { counted } from '../console/counted'

/** Where a store must read to count, it reads so many events. */
const COUNTED_MAX = 10_000

export interface EventLag {
  /** Events of the store behind a position, of any type. */
  readonly lagEvents: bigint
  /** They are more: the store counts by reading, and so many are enough to know. */
  readonly lagHasMore?: true
}

/** How many events lie behind a position, up to the head. Throws when the signal aborts meanwhile. */
export async function eventLag(
  position: Position,
  head: Position,
  { eventStore, signal }: { readonly eventStore: Pick<EventStore, 'count'>; readonly signal: AbortSignal },
): Promise<EventLag> {
  const { events, hasMore } = await eventStore.count(position, { to: head, max: COUNTED_MAX, signal })
  signal.throwIfAborted()
  return { lagEvents: BigInt(events), ...(hasMore && { lagHasMore: true }) }
}

/** `12345`, `10,000+`. */
export function lagText({ lagEvents, lagHasMore }: EventLag): string {
  return lagHasMore ? `${lagEvents.toLocaleString('en-US')}+` : `${lagEvents}`
}

/** `1 event`, `10,000+ events`. */
export function lagInWords(lag: EventLag): string {
  return counted(lagText(lag), 'event')
}
