import { eventStoreConformance } from '../conformance/event-store.kit'
import { MemoryEventStore } from './event-store.memory'

let ticks = 0
const clock = { now: () => new Date((ticks += 1)).toISOString() }

eventStoreConformance('memory', async () => {
  const store = new MemoryEventStore(clock)
  return Promise.resolve({ store, stop: () => store.close() })
})

describe('a closed store', () => {
  it('ends its subscriptions', async () => {
    const store = new MemoryEventStore(clock)
    const subscription = store.subscribe(0n)[Symbol.asyncIterator]()
    const next = subscription.next()
    await store.close()
    expect((await next).done).toBe(true)
  })
})
