import type { RecordedEvent } from '@billstream/event-sourcing-core'
import { recorded } from '@billstream/event-sourcing-core/testing'
import type { EventBatch } from '../ports/event-store.port'
import { mapBatches } from './map-batches'

const first = recorded({ type: 'First', data: {} }, { position: 1n })
const second = recorded({ type: 'Second', data: {} }, { position: 3n })
const renamed = (event: RecordedEvent): RecordedEvent => ({ ...event, type: `${event.type} seen` })

function source(batches: readonly EventBatch[]) {
  const state = { closed: false }
  async function* give(): AsyncIterable<EventBatch> {
    try {
      for (const batch of batches) yield await Promise.resolve(batch)
    } finally {
      state.closed = true
    }
  }
  return { state, batches: give() }
}

const THREE: readonly EventBatch[] = [
  { events: [first], reached: 1n },
  { events: [], reached: 2n },
  { events: [second], reached: 3n },
]

describe('mapped batches', () => {
  it.each([
    ['at once', (events: readonly RecordedEvent[]) => events.map(renamed)],
    ['later', (events: readonly RecordedEvent[]) => Promise.resolve(events.map(renamed))],
  ])('give every event mapped %s, with where the source stands', async (_when, map) => {
    const seen: [string[], bigint][] = []
    for await (const { events, reached } of mapBatches(source(THREE).batches, map)) {
      seen.push([events.map(({ type }) => type), reached])
    }
    expect(seen).toEqual([
      [['First seen'], 1n],
      [[], 2n],
      [['Second seen'], 3n],
    ])
  })

  it('that nobody reads on end their source', async () => {
    const { batches, state } = source(THREE)
    for await (const { reached } of mapBatches(batches, (events) => events)) if (reached === 2n) break
    expect(state.closed).toBe(true)
  })

  it('whose mapping fails throw that, and end their source', async () => {
    const { batches, state } = source(THREE)
    const read = async (): Promise<void> => {
      for await (const { events } of mapBatches(batches, () => Promise.reject(new Error('unreadable')))) void events
    }
    await expect(read()).rejects.toThrow('unreadable')
    expect(state.closed).toBe(true)
  })
})
