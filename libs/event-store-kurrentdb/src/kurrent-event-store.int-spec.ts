import { setTimeout as wait } from 'node:timers/promises'
import { eventStoreConformance, StoreUnavailable, type EventStore } from '@billstream/event-sourcing-runtime'
import { GenericContainer, Wait } from 'testcontainers'
import { all, codeOf, log, newEvent } from '../test/kurrent-samples'
import { openKurrentEventStore } from './open-kurrent-event-store'

const IMAGE = 'kurrentplatform/kurrentdb:26.1.1'
const PORT = 2_113
const STARTUP_TIMEOUT_MS = 180_000
const READY_TRIES_MAX = 100
const READY_DELAY_MS = 100

interface Server {
  readonly url: string
  stop(): Promise<void>
}

let server: Server

beforeAll(async () => {
  const { KURRENTDB_URL: url } = process.env
  server = url ? { url, stop: () => Promise.resolve() } : await startContainer()
}, STARTUP_TIMEOUT_MS)
afterAll(() => server.stop())

eventStoreConformance('KurrentDB', async () => {
  const [store, another] = [
    openKurrentEventStore({ url: server.url, log }),
    openKurrentEventStore({ url: server.url, log }),
  ]
  await whenReady(store)
  return {
    store,
    another,
    idsUniqueIn: 'stream',
    stop: async () => {
      await store.close()
      await another.close()
    },
  }
})

describe('the event store on KurrentDB', () => {
  it('gives an event the same position, time and content in all three ways', async () => {
    const store = openKurrentEventStore({ url: server.url, log })
    const from = await store.head()
    const event = newEvent({ text: 'Zoë' })
    const appended = await store.append(`sample-${event.id}`, 'no-stream', [event, newEvent()])
    if (!appended.ok) throw new Error(appended.error.code)
    expect(await all(store.read(`sample-${event.id}`))).toEqual(appended.value.events)
    for await (const { events, reached } of store.subscribe(from)) {
      expect(appended.value.events).toEqual(expect.arrayContaining([...events]))
      if (reached >= appended.value.position) break
    }
    await store.close()
  })

  it('recognises a repeat after a thousand other appends', async () => {
    const store = openKurrentEventStore({ url: server.url, log })
    const events = [newEvent(), newEvent()]
    const stream = `sample-${events[0]?.id}`
    await store.append(stream, 'no-stream', events)
    await Promise.all(
      Array.from({ length: 1_000 }, () => newEvent()).map((other) =>
        store.append(`sample-${other.id}`, 'any', [other]),
      ),
    )
    expect(codeOf(await store.append(stream, 'no-stream', events))).toBe('event_exists')
    expect(codeOf(await store.append(stream, 'any', events))).toBe('event_exists')
    await store.close()
  })
})

/** A node is healthy before it has made itself the leader. */
async function whenReady(store: EventStore): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await store.head()
      return
    } catch (error) {
      if (!(error instanceof StoreUnavailable) || attempt === READY_TRIES_MAX) throw error
      await wait(READY_DELAY_MS)
    }
  }
}

/** One node that keeps nothing, as KurrentDB documents it for tests. */
async function startContainer(): Promise<Server> {
  const container = await new GenericContainer(IMAGE)
    .withEnvironment({ KURRENTDB_INSECURE: 'true', KURRENTDB_MEM_DB: 'true', KURRENTDB_RUN_PROJECTIONS: 'None' })
    .withExposedPorts(PORT)
    .withWaitStrategy(Wait.forHealthCheck())
    .withStartupTimeout(STARTUP_TIMEOUT_MS)
    .start()
  return {
    url: `kurrentdb://${container.getHost()}:${container.getMappedPort(PORT)}?tls=false`,
    stop: async () => {
      await container.stop()
    },
  }
}
