import { AccessDeniedError, MaxAppendSizeExceededError, UnavailableError } from '@kurrent/kurrentdb-client'
import fc from 'fast-check'
import { StoreUnavailable, type ExpectedRevision } from '@billstream/event-sourcing-runtime'
import { MemoryKurrentServer, type Fault } from '../test/kurrent-server.memory'
import { all, codeOf, follow, log, newEvent } from '../test/kurrent-samples'
import { APPENDS_IN_FLIGHT_MAX } from './append-lanes'
import { KurrentEventStore } from './kurrent-event-store'

const DEADLINE_MS = 200

function given(): { server: MemoryKurrentServer; store: KurrentEventStore } {
  const server = new MemoryKurrentServer()
  return { server, store: new KurrentEventStore({ connect: () => server.connect(), log, deadlineMs: DEADLINE_MS }) }
}

/** Asks again while the store is away, as callers do. */
async function answered<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof StoreUnavailable) || attempt === 20) throw error
    }
  }
}

async function times<T>(count: number, make: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => make(index)))
}

describe('a call that the server does not answer', () => {
  const faults: Fault[] = ['unavailable', 'deadline', 'not-leader', 'silent']

  it.each(faults)(
    'an append that meets "%s" is StoreUnavailable, and the next one goes over a new client',
    async (fault) => {
      const { server, store } = given()
      await store.append('a-1', 'no-stream', [newEvent()])
      server.fail('append', fault)
      await expect(store.append('a-1', 0, [newEvent()])).rejects.toThrow(StoreUnavailable)
      expect(codeOf(await store.append('a-1', 0, [newEvent()]))).toBe('appended')
      expect(server.clients).toEqual({ opened: 2, open: 1 })
      await store.close()
    },
  )

  it.each(faults)('a read that meets "%s" is StoreUnavailable, and so is the head', async (fault) => {
    const { server, store } = given()
    await store.append('a-1', 'no-stream', [newEvent()])
    server.fail('read', fault)
    await expect(all(store.read('a-1'))).rejects.toThrow(StoreUnavailable)
    await store.head()
    server.fail('read', fault)
    await expect(store.head()).rejects.toThrow(StoreUnavailable)
    expect(await all(store.read('a-1'))).toHaveLength(1)
    await store.close()
  })

  it.each(faults)('a first call that meets "%s" is StoreUnavailable, and the client is not kept', async (fault) => {
    const { server, store } = given()
    server.fail('append', fault)
    await expect(store.head()).rejects.toThrow(StoreUnavailable)
    expect(server.clients).toEqual({ opened: 1, open: 0 })
    expect(await store.head()).toBe(0n)
    await store.close()
  })

  it('when many meet it at once, one new client is opened for all', async () => {
    const { server, store } = given()
    await store.head()
    server.stop()
    const failing = times(10, (index) =>
      store.append(`a-${index}`, 'any', [newEvent()]).catch((error: unknown) => error),
    )
    for (const error of await failing) expect(error).toBeInstanceOf(StoreUnavailable)
    server.start()
    for (const result of await times(10, (index) => store.append(`a-${index}`, 'any', [newEvent()]))) {
      expect(codeOf(result)).toBe('appended')
    }
    expect(server.clients.open).toBe(1)
    await store.close()
  })

  it('what the server refuses is no StoreUnavailable, and keeps the client', async () => {
    const { server, store } = given()
    await store.head()
    server.fail('append', new AccessDeniedError())
    await expect(store.append('a-1', 'no-stream', [newEvent()])).rejects.toThrow(AccessDeniedError)
    server.fail('append', new MaxAppendSizeExceededError(undefined, 1_048_576))
    expect(codeOf(await store.append('a-1', 'no-stream', [newEvent()]))).toBe('append_too_large')
    expect(server.clients).toEqual({ opened: 1, open: 1 })
    await store.close()
  })
})

describe('an append whose answer was lost', () => {
  it.each<ExpectedRevision>(['no-stream', 'any', 1, 'stream-exists'])(
    'expecting %p is recognised when it is repeated, and recorded once',
    async (expected) => {
      const { server, store } = given()
      await store.head()
      const before = expected === 'no-stream' || expected === 'any' ? 0 : 2
      for (let count = 0; count < before; count += 1) await store.append('a-1', 'any', [newEvent()])
      const events = [newEvent(), newEvent()]
      server.fail('append', 'lost-answer')
      await expect(store.append('a-1', expected, events)).rejects.toThrow(StoreUnavailable)
      expect(codeOf(await store.append('a-1', expected, events))).toBe('event_exists')
      expect(await all(store.read('a-1'))).toHaveLength(before + 2)
      await store.close()
    },
  )

  it.each<ExpectedRevision>(['no-stream', 'any', 'stream-exists'])(
    'expecting %p is recognised when the server has long forgotten its ids',
    async (expected) => {
      const { server, store } = given()
      const events = [newEvent(), newEvent()]
      await store.append('a-1', 'no-stream', events)
      server.forgetIds()
      expect(codeOf(await store.append('a-1', expected, events))).toBe('event_exists')
      expect(await all(store.read('a-1'))).toHaveLength(2)
      await store.close()
    },
  )

  it('is not answered as its own when the recorded events cannot be read back', async () => {
    const { server, store } = given()
    await store.head()
    const events = [newEvent()]
    server.fail('read', 'unavailable')
    await expect(store.append('a-1', 'no-stream', events)).rejects.toThrow(StoreUnavailable)
    expect(codeOf(await store.append('a-1', 'no-stream', events))).toBe('event_exists')
    await store.close()
  })
})

describe('a subscription that is dropped', () => {
  const drops: [string, (server: MemoryKurrentServer) => void][] = [
    ['with an error', (server) => server.dropSubscriptions(new UnavailableError())],
    ['without a word', (server) => server.dropSubscriptions()],
    [
      'because the server stops and comes back',
      (server) => {
        server.stop()
        setImmediate(() => server.start())
      },
    ],
    [
      'and meets an error when it begins again',
      (server) => {
        server.fail('subscribe', 'unavailable')
        server.dropSubscriptions()
      },
    ],
  ]
  it.each(drops)('%s goes on without a gap or a repeat', async (_, drop) => {
    const { server, store } = given()
    const writer = new KurrentEventStore({ connect: () => server.connect(), log })
    const follower = follow(store, 0n, { batchMax: 2 })
    const recorded: string[] = []
    for (let round = 0; round < 5; round += 1) {
      const events = [newEvent(), newEvent(), newEvent()]
      const appended = await writer.append('a-1', 'any', events)
      recorded.push(...events.map(({ id }) => id))
      drop(server)
      if (!appended.ok) throw new Error(appended.error.code)
      await new Promise((resolve) => setImmediate(resolve))
      await follower.until(appended.value.position)
    }
    expect(follower.events.map(({ id }) => id)).toEqual(recorded)
    await follower.stop()
    await store.close()
    await writer.close()
  })

  it('because its client was given up for another call goes on', async () => {
    const { server, store } = given()
    const follower = follow(store)
    await follower.until(await store.head())
    server.fail('append', 'not-leader')
    await expect(store.append('a-1', 'any', [newEvent()])).rejects.toThrow(StoreUnavailable)
    const event = newEvent()
    await store.append('a-1', 'any', [event])
    await follower.until(await store.head())
    expect(follower.events.map(({ id }) => id)).toEqual([event.id])
    await follower.stop()
    expect(server.subscribers).toBe(0)
    await store.close()
  })

  it('because it may not read throws what the server said', async () => {
    const { server, store } = given()
    server.fail('subscribe', new AccessDeniedError())
    await expect(all(store.subscribe(0n))).rejects.toThrow(AccessDeniedError)
    await store.close()
  })

  it('ends with its signal while the server is away', async () => {
    const { server, store } = given()
    server.stop()
    const follower = follow(store)
    await expect(store.head()).rejects.toThrow(StoreUnavailable)
    await follower.stop()
    expect(follower.events).toEqual([])
    await store.close()
  })
})

describe('events that are not ours', () => {
  it('of the server do not move the head, which a subscription reaches', async () => {
    const { server, store } = given()
    const appended = await store.append('a-1', 'no-stream', [newEvent()])
    for (let count = 0; count < 600; count += 1) server.recordSystemEvent()
    const head = await store.head()
    expect(appended.ok && appended.value.position).toBe(head)
    const follower = follow(store)
    await follower.until(head)
    expect(follower.events).toHaveLength(1)
    await follower.stop()
    await store.close()
  })

  it('of other programs are passed over, on streams of ours too', async () => {
    const { server, store } = given()
    await server.recordForeign('a-1', 'SomethingElse')
    await store.append('a-1', 0, [newEvent()])
    await server.recordForeign('a-1', 'SomethingElse')
    const follower = follow(store)
    await follower.until(await store.head())
    expect(follower.events.map(({ revision }) => revision)).toEqual([1])
    expect((await all(store.read('a-1'))).map(({ revision }) => revision)).toEqual([1])
    expect(codeOf(await store.append('a-1', 1, [newEvent()]))).toBe('revision_conflict')
    await follower.stop()
    await store.close()
  })
})

describe('appends of one program', () => {
  it('to many streams are with the server together, up to the bound', async () => {
    const { server, store } = given()
    await store.head()
    const results = await times(APPENDS_IN_FLIGHT_MAX * 3, (index) =>
      store.append(`a-${index}`, 'no-stream', [newEvent()]),
    )
    expect(results.every(({ ok }) => ok)).toBe(true)
    expect(server.inFlight.most).toBe(APPENDS_IN_FLIGHT_MAX)
    await store.close()
  })

  it('to one stream go one after the other, also past one that fails', async () => {
    const { server, store } = given()
    await store.head()
    server.fail('append', 'unavailable')
    const failed = store.append('a-1', 'no-stream', [newEvent()])
    const next = store.append('a-1', 'no-stream', [newEvent('second')])
    await expect(failed).rejects.toThrow(StoreUnavailable)
    expect(codeOf(await next)).toBe('appended')
    expect(server.inFlight.most).toBe(1)
    await store.close()
  })
})

describe('opening and closing', () => {
  it('a new client is warmed with an append that records nothing', async () => {
    const { server, store } = given()
    expect(await store.head()).toBe(0n)
    expect(server.appends).toBe(0)
    expect(server.refusedAppends).toBe(1)
    await store.close()
  })

  it('closing waits for appends, ends subscriptions and the client, and refuses what comes later', async () => {
    const { server, store } = given()
    const subscription = all(store.subscribe(0n))
    const appending = store.append('a-1', 'no-stream', [newEvent()])
    await store.close()
    expect(codeOf(await appending)).toBe('appended')
    await subscription
    expect(server.clients.open).toBe(0)
    await expect(store.append('a-1', 'any', [newEvent()])).rejects.toThrow(StoreUnavailable)
    await expect(store.head()).rejects.toThrow(StoreUnavailable)
  })
})

describe('whatever goes wrong', () => {
  const step = fc.record({
    stream: fc.constantFrom('a-1', 'a-2'),
    expected: fc.constantFrom<ExpectedRevision>('any', 'stream-exists', 'no-stream'),
    fault: fc.option(fc.constantFrom<Fault>('unavailable', 'deadline', 'not-leader', 'lost-answer'), {
      nil: undefined,
    }),
    at: fc.constantFrom<'append' | 'read'>('append', 'read'),
    drop: fc.boolean(),
  })

  it('each append that is repeated until it is answered is recorded and given once', () =>
    fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const { server, store } = given()
        const follower = follow(store, 0n, { batchMax: 3 })
        const wanted: string[] = []
        for (const { stream, expected, fault, at, drop } of steps) {
          await answered(() => store.head())
          if (fault) server.fail(at, fault)
          if (drop) server.dropSubscriptions()
          const events = [newEvent(), newEvent()]
          const result = await answered(() => store.append(stream, expected, events))
          if (codeOf(result) !== 'revision_conflict') wanted.push(...events.map(({ id }) => id))
        }
        await follower.until(await answered(() => store.head()))
        await follower.stop()
        expect(follower.events.map(({ id }) => id)).toEqual(wanted)
        await store.close()
      }),
      { numRuns: 60 },
    ))
})
