import { PositionsWanted, type EventStore, type PlatformPorts } from '@billstream/event-sourcing-runtime'
import { overriding } from '../signals/overriding'

type PacedPorts = Pick<PlatformPorts, 'eventStore' | 'bells' | 'clock' | 'sleeper'>

/**
 * The store for readers nobody waits for: the first event after a quiet time comes at once, then they rest for `restMs` between
 * two batches. Under load one look brings what else would have cost a look per event. While a step of a test clock waits for
 * them, they do not rest.
 */
export function pacedStore(ports: PacedPorts, restMs: number): { eventStore: EventStore; close: () => void } {
  const { eventStore: store, sleeper } = ports
  const wanted = new PositionsWanted(ports.bells, ports.clock)
  const eventStore = overriding(store, {
    async *subscribe(from, options) {
      for await (const batch of store.subscribe(from, options)) {
        yield batch
        await wanted.rest(restMs, sleeper, options?.signal)
      }
    },
  })
  return { eventStore, close: () => wanted.close() }
}
