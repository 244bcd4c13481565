import { recorded } from '@billstream/event-sourcing-core/testing'
import { derivedId } from '@billstream/kernel'
import { fixedClock } from '@billstream/testing'
import { MemoryDeadLetters } from '../memory/dead-letters.memory'
import { MemoryEventStore } from '../memory/event-store.memory'
import { MemoryLeases } from '../memory/leases.memory'
import { runDeadLetterTurns } from './dead-letter-turns'
import { EventConsumers } from './event-consumers'

const LOOKS_MAX = 2_000
const fact = (id: string) => recorded({ type: 'Happened', data: {} }, { id: derivedId(id) })

describe('the turns of dead letters', () => {
  it('come when an operator lets them go on, in order, and the key is free afterwards', async () => {
    const handled: string[] = []
    let broken = true
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
    const sleeper = { sleep: () => new Promise<void>((resolve) => setImmediate(resolve)) }
    const deadLetters = new MemoryDeadLetters()
    const eventStore = new MemoryEventStore(fixedClock())
    const ports = { eventStore, deadLetters, clock: fixedClock(), leases: new MemoryLeases(), sleeper, log }
    const consumer = {
      name: 'the-consumer',
      types: new Set(['Happened']),
      handle: async (events: readonly { readonly id: string }[]) => {
        if (broken) throw new Error('not yet')
        handled.push(...events.map(({ id }) => id))
      },
    }
    const consumers = new EventConsumers([consumer], ports)
    const appended = await eventStore.append('torn-1', 'no-stream', ['first', 'second', 'third'].map(fact))
    if (!appended.ok) throw new Error(appended.error.code)
    const { events } = appended.value
    await consumers.handle(events.slice(0, 2))

    const stop = new AbortController()
    const running = runDeadLetterTurns('accounts', consumers, ports, stop.signal)
    broken = false
    const [letter] = await deadLetters.list({ limit: 1 })
    await deadLetters.retry([letter?.id ?? ''])
    for (let look = 0; look < LOOKS_MAX && (handled.length < 2 || consumers.isHolding); look += 1) {
      await new Promise((resolve) => setImmediate(resolve))
      await consumers.handle([])
    }
    await consumers.handle(events.slice(2))
    expect(handled).toEqual(events.map(({ id }) => id))
    stop.abort()
    await running
  })
})
