import { recorded } from '@billstream/event-sourcing-core/testing'
import { fixedClock } from '@billstream/testing'
import { MemoryDeadLetters } from '../memory/dead-letters.memory'
import { MemoryLeases } from '../memory/leases.memory'
import { runDeadLetterTurns } from './dead-letter-turns'
import { EventConsumers } from './event-consumers'

const LOOKS_MAX = 2_000
const event = (stream: string, position: bigint) => recorded({ type: 'Happened', data: {} }, { stream, position })

describe('the turns of dead letters', () => {
  it('come when an operator lets them go on, in order, and the key is free afterwards', async () => {
    const handled: string[] = []
    let broken = true
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
    const sleeper = { sleep: () => new Promise<void>((resolve) => setImmediate(resolve)) }
    const deadLetters = new MemoryDeadLetters()
    const ports = { deadLetters, clock: fixedClock(), leases: new MemoryLeases(), sleeper, log }
    const consumer = {
      name: 'the-consumer',
      types: new Set(['Happened']),
      handle: async (events: readonly { readonly id: string }[]) => {
        if (broken) throw new Error('not yet')
        handled.push(...events.map(({ id }) => id))
      },
    }
    const consumers = new EventConsumers([consumer], ports)
    const [first, second, third] = [event('torn-1', 1n), event('torn-1', 2n), event('torn-1', 3n)]
    await consumers.handle([first, second])

    const stop = new AbortController()
    const running = runDeadLetterTurns('accounts', consumers, ports, stop.signal)
    broken = false
    const [letter] = await deadLetters.list({ limit: 1 })
    await deadLetters.retry([letter?.id ?? ''])
    for (let look = 0; look < LOOKS_MAX && (handled.length < 2 || consumers.isHolding); look += 1) {
      await new Promise((resolve) => setImmediate(resolve))
      await consumers.handle([])
    }
    await consumers.handle([third])
    expect(handled).toEqual([first.id, second.id, third.id])
    stop.abort()
    await running
  })
})
