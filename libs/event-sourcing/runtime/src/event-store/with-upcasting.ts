import type { EventRegistry, Position, RecordedEvent } from '@billstream/event-sourcing-core'
import type { EventStore, StreamId } from '../ports/event-store.port'
import { mapBatches } from './map-batches'

type SubscribeOptions = Parameters<EventStore['subscribe']>[1]
type ReadOptions = Parameters<EventStore['read']>[1]

/**
 * Lifts what is read to the present version of its contract; what is stored stays as it was written.
 * Throws on a version newer than the contract, so an older program stops instead of misreading.
 */
export function withUpcasting(store: EventStore, registry: EventRegistry): EventStore {
  return {
    append: (stream, expected, events) => store.append(stream, expected, events),
    read: (stream: StreamId, options?: ReadOptions) => upcastEach(store.read(stream, options), registry),
    subscribe: (from: Position, options?: SubscribeOptions) =>
      mapBatches(store.subscribe(from, options), (events) => events.map((event) => registry.upcast(event))),
    head: () => store.head(),
    count: (from, options) => store.count(from, options),
    close: () => store.close(),
  }
}

async function* upcastEach(
  events: AsyncIterable<RecordedEvent>,
  registry: EventRegistry,
): AsyncIterable<RecordedEvent> {
  for await (const event of events) yield registry.upcast(event)
}
