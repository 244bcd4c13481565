import type { RecordedEvent } from '@billstream/event-sourcing-core'
import { recorded } from '@billstream/event-sourcing-core/testing'
import { fixedClock } from '@billstream/testing'
import { StoreUnavailable } from '../errors'
import { MemoryDeadLetters } from '../memory/dead-letters.memory'
import { EventConsumers, MESSAGE_TRIES_MAX } from './event-consumers'

let position = 0n
const event = (stream: string): RecordedEvent =>
  recorded({ type: 'Happened', data: {} }, { stream, position: (position += 1n) })

function make(handleOne: (event: RecordedEvent) => void) {
  const handled: RecordedEvent[] = []
  const deadLetters = new MemoryDeadLetters()
  let calls = 0
  const consumers = new EventConsumers(
    [
      {
        name: 'the-consumer',
        types: new Set(['Happened']),
        handle: (events) => {
          calls += 1
          for (const each of events) handleOne(each)
          handled.push(...events)
          return Promise.resolve()
        },
      },
    ],
    {
      deadLetters,
      clock: fixedClock(),
      sleeper: { sleep: () => Promise.resolve() },
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    },
  )
  return { consumers, handled, deadLetters, calls: () => calls }
}

describe('a message that itself fails', () => {
  const [bad, good, laterBad] = [event('poisoned-1'), event('fine-1'), event('poisoned-1')]
  const poisoned = (each: RecordedEvent) => {
    if (each.id === bad.id) throw new Error('cannot be read')
  }

  it('goes to the dead letters after its tries, while other keys go on', async () => {
    const { consumers, handled, deadLetters, calls } = make(poisoned)
    await consumers.handle([bad, good])
    expect(handled).toEqual([good])
    expect(await deadLetters.list({ limit: 10 })).toMatchObject([
      { key: 'poisoned-1', tries: MESSAGE_TRIES_MAX, error: 'cannot be read' },
    ])
    expect(calls()).toBe(1 + MESSAGE_TRIES_MAX + 1)
  })

  it('takes every later message of its key along, in order', async () => {
    const { consumers, handled, deadLetters } = make(poisoned)
    await consumers.handle([bad])
    await consumers.handle([laterBad])
    expect(handled).toEqual([])
    const letters = await deadLetters.ofKey('the-consumer', 'poisoned-1')
    expect(letters.map(({ message }) => (message as RecordedEvent).id)).toEqual([bad.id, laterBad.id])
  })
})

describe('a failure of infrastructure', () => {
  it('counts no try: the batch is thrown back to come again', async () => {
    let down = true
    const { consumers, handled, deadLetters } = make(() => {
      if (down) throw new StoreUnavailable('away')
    })
    const message = event('fine-2')
    await expect(consumers.handle([message])).rejects.toThrow(StoreUnavailable)
    down = false
    await consumers.handle([message])
    expect(handled).toEqual([message])
    expect(await deadLetters.list({ limit: 10 })).toEqual([])
  })
})
