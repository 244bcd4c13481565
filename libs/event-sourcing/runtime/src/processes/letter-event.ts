import type { RecordedEvent } from '@billstream/event-sourcing-core'
import type { EventReference } from '../ports/dead-letters.port'
import type { EventStore } from '../ports/event-store.port'

export function referenceTo({ id, type, stream, revision, position, metadata }: RecordedEvent): EventReference {
  return { id, type, stream, revision, position: String(position), correlationId: metadata.correlationId }
}

/** The event as the store gives it now, without the data of a person who was forgotten since; undefined when the store has lost it. */
export async function readReferenced(
  eventStore: Pick<EventStore, 'read'>,
  { id, stream, revision }: EventReference,
): Promise<RecordedEvent | undefined> {
  for await (const event of eventStore.read(stream, { fromRevision: revision, limit: 1 })) {
    if (event.id === id) return event
  }
  return undefined
}
