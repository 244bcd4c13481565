import type { RecordedEvent } from '@billstream/event-sourcing-core'
import { recorded } from '@billstream/event-sourcing-core/testing'
import { derivedId } from '@billstream/kernel'
import { fixedClock } from '@billstream/testing'
import { StoreUnavailable } from '../errors'
import { MemoryDeadLetters } from '../memory/dead-letters.memory'
import { MemoryEventStore } from '../memory/event-store.memory'
import { EventConsumers, MESSAGE_TRIES_MAX } from './event-consumers'

const eventStore = new MemoryEventStore(fixedClock())
let happened = 0

/** Recorded at the end of the stream. */
async function event(stream: string): Promise<RecordedEvent> {
  const fact = recorded({ type: 'Happened', data: {} }, { position: BigInt((happened += 1)) })
  const appended = await eventStore.append(stream, 'any', [fact])
  if (!appended.ok || !appended.value.events[0]) throw new Error('Nothing was recorded.')
  return appended.value.events[0]
}

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
      eventStore,
      deadLetters,
      clock: fixedClock(),
      sleeper: { sleep: () => Promise.resolve() },
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    },
  )
  return { consumers, handled, deadLetters, calls: () => calls }
}

describe('a message that itself fails', () => {
  let bad: RecordedEvent
  let good: RecordedEvent
  let laterBad: RecordedEvent
  const poisoned = (each: RecordedEvent) => {
    if (each.id === bad.id) throw new Error('cannot be read')
  }
  beforeEach(async () => {
    bad = await event('poisoned-1')
    good = await event('fine-1')
    laterBad = await event('poisoned-1')
  })

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
    expect(letters.map((letter) => letter.event.id)).toEqual([bad.id, laterBad.id])
  })
})

describe('a failure of infrastructure', () => {
  it('counts no try: the batch is thrown back to come again', async () => {
    let down = true
    const { consumers, handled, deadLetters } = make(() => {
      if (down) throw new StoreUnavailable('away')
    })
    const message = await event('fine-2')
    await expect(consumers.handle([message])).rejects.toThrow(StoreUnavailable)
    down = false
    await consumers.handle([message])
    expect(handled).toEqual([message])
    expect(await deadLetters.list({ limit: 10 })).toEqual([])
  })
})

describe('a dead letter', () => {
  const broken = (events: readonly RecordedEvent[]) => {
    const failing = new Set(events.map(({ id }) => id))
    const handleOne = (each: RecordedEvent) => {
      if (failing.has(each.id)) throw new Error('cannot be read')
    }
    return { ...make(handleOne), mend: () => failing.clear() }
  }
  /** One look of the loop after another, until nothing can be taken up. */
  async function takeTurns({ consumers, deadLetters }: ReturnType<typeof make>) {
    for (let turn = 0; turn < 10; turn += 1) {
      const letters = await deadLetters.takeable(consumers.names, 10)
      for (const letter of letters) await consumers.takeUp(letter)
    }
    consumers.refresh()
  }

  it('that is retried is handled, and what waited behind it in order', async () => {
    const events = [await event('torn-1'), await event('torn-1'), await event('torn-1')]
    const under = broken(events.slice(0, 1))
    await under.consumers.handle(events)
    under.mend()
    await under.deadLetters.retry((await under.deadLetters.list({ limit: 10 })).map(({ id }) => id))
    await takeTurns(under)
    expect(under.handled).toEqual(events)
    expect((await under.deadLetters.ended({ limit: 10 })).map(({ end }) => end.outcome)).toEqual([
      'handled',
      'handled',
      'handled',
    ])
    const later = await event('torn-1')
    await under.consumers.handle([later])
    expect(under.handled.at(-1)).toEqual(later)
  })

  it('that is dropped lets the others go on', async () => {
    const events = [await event('torn-2'), await event('torn-2')]
    const under = broken(events.slice(0, 1))
    await under.consumers.handle(events)
    await takeTurns(under)
    expect(under.handled).toEqual([])
    const [first] = await under.deadLetters.list({ limit: 1 })
    await under.deadLetters.end([first?.id ?? ''], {
      outcome: 'dropped',
      by: 'ann',
      reason: 'torn',
      at: first?.at ?? '',
    })
    await takeTurns(under)
    expect(under.handled).toEqual(events.slice(1))
  })

  it('that fails again holds back the others, and counts its tries', async () => {
    const events = [await event('torn-3'), await event('torn-3')]
    const under = broken(events.slice(0, 1))
    await under.consumers.handle(events)
    const [first] = await under.deadLetters.list({ limit: 1 })
    await under.deadLetters.retry([first?.id ?? ''])
    await takeTurns(under)
    expect(under.handled).toEqual([])
    expect(await under.deadLetters.list({ limit: 10 })).toMatchObject([
      { tries: 2 * MESSAGE_TRIES_MAX, waits: false },
      { tries: 0, waits: true },
    ])
  })

  it('names its event and holds nothing that it says', async () => {
    const torn = await event('torn-4')
    const { consumers, deadLetters } = broken([torn])
    await consumers.handle([{ ...torn, data: { personal: { name: 'Ann' } } }])
    const letters = await deadLetters.list({ limit: 1 })
    const { id, type, stream, revision, position, metadata } = torn
    const { correlationId } = metadata
    expect(letters).toMatchObject([
      { event: { id, type, stream, revision, position: String(position), correlationId } },
    ])
    expect(JSON.stringify(letters)).not.toContain('Ann')
  })

  it('is handled as the store has its event then', async () => {
    const torn = await event('torn-5')
    const under = broken([torn])
    await under.consumers.handle([{ ...torn, data: { personal: { name: 'Ann' } } }])
    under.mend()
    await under.deadLetters.retry((await under.deadLetters.list({ limit: 1 })).map(({ id }) => id))
    await takeTurns(under)
    expect(under.handled).toEqual([torn])
  })

  it('whose event the store has lost fails again', async () => {
    const lost = { ...(await event('torn-6')), id: derivedId('of another store') }
    const under = broken([lost])
    await under.consumers.handle([lost])
    under.mend()
    await under.deadLetters.retry((await under.deadLetters.list({ limit: 1 })).map(({ id }) => id))
    await takeTurns(under)
    expect(under.handled).toEqual([])
    expect(await under.deadLetters.list({ limit: 1 })).toMatchObject([
      { waits: false, error: 'The event store has no such event.' },
    ])
  })
})
