import type { Position } from '@billstream/event-sourcing-core'
import type { EventStore } from '@billstream/event-sourcing-runtime'
import { overriding } from './overriding'

/** The store for one reader, telling how far it has come: a batch is behind it when it asks for the next. */
export function followedStore(store: EventStore, reached: (position: Position) => void): EventStore {
  return overriding(store, {
    async *subscribe(from, options) {
      reached(from)
      for await (const batch of store.subscribe(from, options)) {
        yield batch
        reached(batch.reached)
      }
    },
  })
}
