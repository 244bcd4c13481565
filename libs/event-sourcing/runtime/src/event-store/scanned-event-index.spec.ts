import { fixedClock } from '@billstream/testing'
import { eventIndexConformance } from '../conformance/event-index.kit'
import { newEvent } from '../conformance/event-store.kit-support'
import { MemoryEventStore } from '../memory/event-store.memory'
import { ScannedEventIndex } from './scanned-event-index'

eventIndexConformance('by reading everything', async () => {
  const store = new MemoryEventStore(fixedClock())
  return { store, index: new ScannedEventIndex(store), stop: () => store.close() }
})

describe('a walk through the whole store', () => {
  const given = async () => {
    const store = new MemoryEventStore(fixedClock())
    const more = () =>
      store.append(
        'counted-1',
        'any',
        Array.from({ length: 600 }, () => newEvent('Counted')),
      )
    await more()
    await more()
    const told: string[] = []
    const stop = new AbortController()
    const begin = (target: bigint) => {
      told.push(`to ${target}`)
      return { reached: (position: bigint) => void told.push(`at ${position}`), end: () => void told.push('end') }
    }
    return { store, told, stop, begin }
  }

  it('tells where it is, batch by batch, and its end', async () => {
    const { store, told, begin } = await given()
    await new ScannedEventIndex(store, { begin }).streams({ limit: 1 })
    expect(told).toEqual(['to 1200', 'at 500', 'at 1000', 'at 1200', 'end'])
  })

  it('that finds what it looks for early ends there, and tells it', async () => {
    const { store, told, begin } = await given()
    const [first] = await new ScannedEventIndex(store).last({ until: 1n, limit: 1 })
    await new ScannedEventIndex(store, { begin }).find([first?.id ?? ''])
    expect(told).toEqual(['to 1200', 'end'])
  })

  it('is broken off by the signal, at once, without a result', async () => {
    const { store, told, stop, begin } = await given()
    const breaking = (target: bigint) => ({ ...begin(target), reached: () => stop.abort(new Error('Ctrl-C')) })
    const index = new ScannedEventIndex(store, { signal: stop.signal, begin: breaking })
    await expect(index.streams({ limit: 1 })).rejects.toThrow('Ctrl-C')
    await expect(index.completeness(1)).rejects.toThrow('Ctrl-C')
    expect(told).toEqual(['to 1200', 'end', 'to 1200', 'end'])
  })
})
