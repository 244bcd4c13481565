import type { Position, RecordedEvent } from '@billstream/event-sourcing-core'
import type { EventFilter, EventStore } from '@billstream/event-sourcing-runtime'

export interface EventRange {
  /** Everything after this position. */
  readonly from: Position
  /** Inclusive. */
  readonly to: Position
  readonly filter?: EventFilter
  readonly signal: AbortSignal
}

/** What is stored between two positions, in batches: `reached` tells how far the reading is, also where nothing passes. */
export async function* eventsBetween(
  eventStore: Pick<EventStore, 'subscribe'>,
  { from, to, filter, signal }: EventRange,
): AsyncIterable<{ readonly events: readonly RecordedEvent[]; readonly reached: Position }> {
  if (from >= to) return
  for await (const { events, reached } of eventStore.subscribe(from, { signal, ...(filter && { filter }) })) {
    const within = reached <= to ? events : events.filter(({ position }) => position <= to)
    yield { events: within, reached: reached < to ? reached : to }
    if (reached >= to) return
  }
}
