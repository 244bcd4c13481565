import { eventStoreConformance } from '@billstream/event-sourcing-runtime'
import { newEvent } from '../test/kurrent-samples'
import { MemoryKurrentServer } from '../test/kurrent-server.memory'
import { KurrentEventStore } from './kurrent-event-store'

const log = { info: () => undefined, warn: () => undefined, error: () => undefined }

eventStoreConformance('KurrentDB, its adapter over a server in memory', async () => {
  const server = new MemoryKurrentServer()
  const open = (): KurrentEventStore => new KurrentEventStore({ connect: () => server.connect(), log })
  const [store, another] = [open(), open()]
  return {
    store,
    another,
    idsUniqueIn: 'stream',
    loseConnections: () => {
      server.dropSubscriptions()
      return Promise.resolve()
    },
    stop: async () => {
      await store.close()
      await another.close()
    },
  }
})

describe('a count of events', () => {
  const given = async (events: number) => {
    const server = new MemoryKurrentServer()
    const store = new KurrentEventStore({ connect: () => server.connect(), log })
    for (let index = 0; index < events; index += 1) await store.append(`sample-${index}`, 'any', [newEvent()])
    return { server, store, to: await store.head() }
  }

  it('is no difference of positions, and ends where it may look at no more', async () => {
    const { store, to } = await given(4)
    expect(to).toBeGreaterThan(4n)
    expect(await store.count(0n, { to, max: 4 })).toEqual({ events: 4, hasMore: false })
    expect(await store.count(0n, { to, max: 3 })).toEqual({ events: 3, hasMore: true })
    await store.close()
  })

  it('passes over what others have written, also at the end', async () => {
    const { server, store } = await given(2)
    await server.recordForeign('stranger', 'Happened')
    expect(await store.count(0n, { to: await store.head(), max: 9 })).toEqual({ events: 2, hasMore: false })
    await store.close()
  })

  it('ends with the signal of who asks', async () => {
    const { server, store, to } = await given(1)
    server.stop()
    expect(await store.count(0n, { to, max: 9, signal: AbortSignal.abort() })).toEqual({ events: 0, hasMore: true })
    await store.close()
  })
})

describe('the version of the server', () => {
  it.each([
    ['26.1.1', '26.1.1'],
    ['unknown', undefined],
  ])('%p is told as %p', async (known, told) => {
    const server = new MemoryKurrentServer()
    const store = new KurrentEventStore({ connect: () => server.connect(known), log })
    expect(await store.serverVersion()).toBe(told)
    await store.close()
  })
})
