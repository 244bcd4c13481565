import type { RecordedEvent } from '@billstream/event-sourcing-core'
import type { EventFilter, StreamId } from '../ports/event-store.port'

/** The category of a stream: what stands before its first hyphen. */
export function categoryOf(stream: StreamId): string {
  const hyphen = stream.indexOf('-')
  return hyphen < 0 ? stream : stream.slice(0, hyphen)
}

/** Whether an event passes: of one of the types, and of one of the categories; what is not named lets all pass. */
export function passes(filter: EventFilter | undefined): (event: RecordedEvent) => boolean {
  const types = filter?.types && new Set(filter.types)
  const categories = filter?.categories && new Set(filter.categories)
  if (!types && !categories) return () => true
  return (event) => (types?.has(event.type) ?? true) && (categories?.has(categoryOf(event.stream)) ?? true)
}
