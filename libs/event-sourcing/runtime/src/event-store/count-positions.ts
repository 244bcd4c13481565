import type { Position } from '@billstream/event-sourcing-core'
import type { EventCount } from '../ports/event-store.port'

/** The count of a store whose positions have no holes. */
export function countPositions(from: Position, to: Position): EventCount {
  return { events: to > from ? Number(to - from) : 0, hasMore: false }
}
