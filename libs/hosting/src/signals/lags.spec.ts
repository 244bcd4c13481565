import { testMetadata } from '@billstream/event-sourcing-core/testing'
import { MemoryEventStore } from '@billstream/event-sourcing-runtime'
import { derivedId } from '@billstream/kernel'
import { lagsBehindHead } from './lags'

/** So many seconds after the first event. */
const at = (seconds: number) => new Date(Date.UTC(2026, 5, 1, 12, 0, seconds)).toISOString()

/** Events recorded one second after the other, the first at 0; positions are counted from 1. */
async function storeOf(events: number): Promise<MemoryEventStore> {
  let recorded = 0
  const store = new MemoryEventStore({ now: () => at(recorded) })
  for (; recorded < events; recorded += 1) {
    const { now: occurredAt, ...metadata } = testMetadata()
    const event = { type: 'Happened', data: {}, schemaVersion: 1, id: derivedId('event', recorded) }
    await store.append(`stream-${recorded}`, 'no-stream', [{ ...event, metadata: { ...metadata, occurredAt } }])
  }
  return store
}

describe('the lag of a reader', () => {
  const lagsAt = (eventStore: MemoryEventStore, positions: Record<string, bigint>, seconds: number) =>
    lagsBehindHead(() => new Map(Object.entries(positions)), { eventStore, clock: { now: () => at(seconds) } })

  it('is nothing at the head and in an empty store', async () => {
    expect(await lagsAt(await storeOf(3), { reader: 3n }, 60)).toEqual([{ name: 'reader', events: 0, seconds: 0 }])
    expect(await lagsAt(await storeOf(0), { reader: 0n }, 60)).toEqual([{ name: 'reader', events: 0, seconds: 0 }])
  })

  it('counts what is missing, and is as old as the first of it', async () => {
    expect(await lagsAt(await storeOf(3), { far: 0n, near: 2n, there: 3n }, 60)).toEqual([
      { name: 'far', events: 3, seconds: 60 },
      { name: 'near', events: 1, seconds: 58 },
      { name: 'there', events: 0, seconds: 0 },
    ])
  })

  it('is what the store counts, whatever lies between the positions', async () => {
    const store = await storeOf(3)
    store.count = () => Promise.resolve({ events: 1, hasMore: false })
    expect(await lagsAt(store, { reader: 0n }, 60)).toEqual([{ name: 'reader', events: 1, seconds: 60 }])
    store.count = () => Promise.resolve({ events: 0, hasMore: false })
    expect(await lagsAt(store, { reader: 0n }, 60)).toEqual([{ name: 'reader', events: 0, seconds: 0 }])
  })
})
