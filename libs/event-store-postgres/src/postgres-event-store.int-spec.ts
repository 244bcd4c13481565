import { Client } from 'pg'
import type { NewEvent, RecordedEvent } from '@billstream/event-sourcing-core'
import { eventStoreConformance, StoreUnavailable } from '@billstream/event-sourcing-runtime'
import { timeOrderedId } from '@billstream/kernel'
import { openDatabase, type Database } from '@billstream/persistence-postgres'
import { createTestDatabase } from '@billstream/testing'
import { eventStoreMigrations } from './event-store.migrations'
import { PostgresEventStore, type PostgresEventStoreOptions } from './postgres-event-store'
import type { StoreDatabase } from './store-database'

const log = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** All but the timer of what is told a moment later: the server is real, and as slow as it likes. */
const NOT_THE_MOMENT = [
  ...(['Date', 'hrtime', 'nextTick', 'performance', 'queueMicrotask'] as const),
  ...(['setImmediate', 'clearImmediate', 'setInterval', 'clearInterval'] as const),
]

async function start(options: PostgresEventStoreOptions = {}) {
  const test = await createTestDatabase()
  const open = (): Promise<Database> => openDatabase({ connectionString: test.connectionString, poolMax: 4, log })
  const [first, second] = [await open(), await open()]
  await first.migrate(eventStoreMigrations)
  const [store, another] = [new PostgresEventStore(first, options), new PostgresEventStore(second, options)]
  return {
    database: first,
    store,
    another,
    loseConnections: () => endConnections(test.connectionString),
    stop: async () => {
      await store.close()
      await another.close()
      await first.close()
      await second.close()
      await test.drop()
    },
  }
}

eventStoreConformance('PostgreSQL', start)
eventStoreConformance('PostgreSQL whose subscribers read by their own filter, one group of appends at a time', () =>
  start({ remembers: false, groupsInFlightMax: 1 }),
)

describe('the event store on PostgreSQL', () => {
  let subject: Awaited<ReturnType<typeof start>>

  beforeAll(async () => {
    subject = await start()
  })
  afterAll(() => subject.stop())

  it('appends in one statement, and those of one turn in few, each with the hint right behind it', async () => {
    const statements: string[] = []
    const store = new PostgresEventStore(counting(subject.database, statements))
    await store.append('one-1', 'no-stream', [newEvent()])
    expect(statements).toEqual(['store_append', 'store_tell'])
    statements.length = 0
    await Promise.all(Array.from({ length: 16 }, (_, index) => store.append(`turn-${index}`, 'any', [newEvent()])))
    // Two, or three where the first was answered before the second was made.
    expect(statements.join(' ')).toMatch(/^store_append store_tell(?: store_append store_tell){1,2}$/)
    await store.close()
  })

  it('serves its own appends to all subscribers from memory', async () => {
    const statements: string[] = []
    const store = new PostgresEventStore(counting(subject.database, statements))
    const from = await store.head()
    const subscriptions = Array.from({ length: 20 }, () => store.subscribe(from)[Symbol.asyncIterator]())
    const first = subscriptions.map((subscription) => subscription.next())
    await store.append('fan-1', 'any', [newEvent()])
    await Promise.all(first)
    statements.length = 0
    const second = subscriptions.map((subscription) => subscription.next())
    const appended = await store.append('fan-1', 'any', [newEvent()])
    for (const next of second)
      expect((await next).value).toMatchObject({ events: appended.ok && appended.value.events })
    // The look of every second may fall into this moment.
    expect(statements.filter((name) => name !== 'store_read_after')).toEqual(['store_append', 'store_tell'])
    expect(statements.length).toBeLessThanOrEqual(3)
    await store.close()
  })

  it('reads nothing but what its subscribers want where it remembers nothing for them', async () => {
    const statements: string[] = []
    const store = new PostgresEventStore(counting(subject.database, statements), { remembers: false })
    const filter = { types: ['Wanted'] }
    const subscription = store.subscribe(await store.head(), { filter })[Symbol.asyncIterator]()
    const first = subscription.next()
    await subject.another.append('few-1', 'any', [newEvent(), newEvent({}, 'Wanted')])
    expect((await first).value).toMatchObject({ events: [{ type: 'Wanted' }] })
    const second = subscription.next()
    await store.append('few-1', 'any', [newEvent({}, 'Wanted')])
    expect((await second).value).toMatchObject({ events: [{ type: 'Wanted', revision: 2 }] })
    expect(statements).toContain('store_read_window')
    expect(statements).not.toContain('store_read_after')
    await store.close()
  })

  it('finds what others record although no notification arrives', async () => {
    const deaf: StoreDatabase = { ...subject.database, notifications: { listen: () => () => undefined } }
    const store = new PostgresEventStore(deaf)
    const subscription = store.subscribe(await store.head())[Symbol.asyncIterator]()
    const next = subscription.next()
    await subject.another.append('deaf-1', 'any', [newEvent()])
    expect((await next).value).toMatchObject({ events: [{ stream: 'deaf-1' }] })
    await store.close()
    expect((await subscription.next()).done).toBe(true)
  })

  it('looks once for all that others recorded while its subscribers were busy', async () => {
    const statements: string[] = []
    const { heard, notifications } = heardFrom(subject.database)
    const store = new PostgresEventStore({ ...counting(subject.database, statements), notifications })
    const subscription = store.subscribe(await store.head())[Symbol.asyncIterator]()
    const first = subscription.next()
    await subject.another.append('busy-1', 'any', [newEvent()])
    await first
    statements.length = 0
    for (let round = 1; round <= 3; round += 1) {
      await subject.another.append('busy-1', 'any', [newEvent()])
      await heard(await subject.another.head())
    }
    expect(statements).toEqual([])
    expect((await subscription.next()).value).toMatchObject({ events: [{}, {}, {}] })
    expect(statements).toEqual(['store_read_after'])
    await store.close()
  })

  it('tells of what nobody is in a hurry for with what follows, or a moment later', async () => {
    const statements: string[] = []
    const told = () => statements.filter((name) => name === 'store_tell').length
    const { heard, another, listening } = await listeningElsewhere(subject.database)
    const store = new PostgresEventStore(counting(subject.database, statements), { unhurried: new Set(['Claimed']) })
    const subscription = store.subscribe(await store.head())[Symbol.asyncIterator]()
    const seen = typesSeen(subscription)
    jest.useFakeTimers({ doNotFake: NOT_THE_MOMENT })
    try {
      await store.append('hurry-1', 'any', [newEvent({}, 'Claimed')])
      expect(told()).toBe(0)
      const recorded = await store.append('hurry-1', 'any', [newEvent()])
      expect(told()).toBe(1)
      expect(await seen(2)).toEqual(['Claimed', 'Happened'])
      await heard(positionOf(recorded))
      await listening
      const last = await store.append('hurry-1', 'any', [newEvent({}, 'Claimed')])
      expect(told()).toBe(1)
      jest.runOnlyPendingTimers()
      expect(await seen(3)).toEqual(['Claimed', 'Happened', 'Claimed'])
      await heard(positionOf(last))
      expect(told()).toBe(2)
    } finally {
      jest.useRealTimers()
    }
    await Promise.all([store.close(), another.close()])
  })

  it('whose hints rest tells of many appends with two of them, the last one included', async () => {
    const statements: string[] = []
    const told = () => statements.filter((name) => name === 'store_tell').length
    const { heard, another, listening } = await listeningElsewhere(subject.database)
    const store = new PostgresEventStore(counting(subject.database, statements), { tellRestMs: 25 })
    jest.useFakeTimers({ doNotFake: NOT_THE_MOMENT })
    try {
      let last = await store.append('rest-1', 'any', [newEvent()])
      for (let index = 0; index < 5; index += 1) last = await store.append('rest-1', 'any', [newEvent()])
      expect(told()).toBe(1)
      await listening
      jest.runOnlyPendingTimers()
      await heard(positionOf(last))
      expect(told()).toBe(2)
      jest.runOnlyPendingTimers()
      expect(told()).toBe(2)
    } finally {
      jest.useRealTimers()
    }
    await Promise.all([store.close(), another.close()])
  })

  it('tells of it also where what follows is refused', async () => {
    const store = new PostgresEventStore(subject.database, { unhurried: new Set(['Claimed']) })
    const seen = typesSeen(store.subscribe(await store.head())[Symbol.asyncIterator]())
    await store.append('refused-1', 'any', [newEvent()])
    expect(await seen(1)).toEqual(['Happened'])
    const claimed = seen(2)
    const held = await store.append('refused-2', 'any', [newEvent({}, 'Claimed')])
    const refused = await store.append('refused-1', 'no-stream', [newEvent()])
    expect([held.ok, refused.ok]).toEqual([true, false])
    expect(await claimed).toEqual(['Happened', 'Claimed'])
    await store.close()
  })

  it('reads large events in small pages', async () => {
    const { store } = subject
    const from = await store.head()
    const data = { text: 'x'.repeat(900_000) }
    for (let index = 0; index < 12; index += 1) await store.append('large-1', 'any', [newEvent(data)])
    const events: RecordedEvent[] = []
    for await (const batch of subject.another.subscribe(from)) {
      events.push(...batch.events)
      if (events.length === 12) break
    }
    expect(events.map(({ revision }) => revision)).toEqual(Array.from({ length: 12 }, (_, index) => index))
  })

  it('lets one append that PostgreSQL cannot take fail alone', async () => {
    const { store } = subject
    const appends = ['good-1', 'zero-\u0000', 'good-2'].map((stream) => store.append(stream, 'any', [newEvent()]))
    const [first, bad, second] = await Promise.allSettled(appends)
    expect([first?.status, bad?.status, second?.status]).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  })

  it('is closed to requests, and nobody changes what is recorded', async () => {
    const { database } = subject
    const statement = { text: 'select * from store.events' }
    await expect(database.app.query(statement)).rejects.toThrow('permission denied for schema store')
    await expect(database.worker.query({ text: 'delete from store.events' })).rejects.toThrow('permission denied')
    await expect(database.worker.query({ text: 'update store.events set type = $1', values: ['x'] })).rejects.toThrow(
      'permission denied',
    )
  })

  it('has positions without holes, also after refused appends', async () => {
    const { store, another } = subject
    const from = await store.head()
    await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        (index % 2 ? store : another).append('holes-1', index % 4 ? 'any' : 'no-stream', [newEvent(), newEvent()]),
      ),
    )
    const head = await store.head()
    const events: RecordedEvent[] = []
    for await (const batch of store.subscribe(from)) {
      events.push(...batch.events)
      if (batch.reached >= head) break
    }
    expect(events.map(({ position }) => position)).toEqual(events.map((_, index) => from + BigInt(index + 1)))
  })

  it('refuses with StoreUnavailable when it is closed or the server is away', async () => {
    const store = new PostgresEventStore(subject.database)
    await store.close()
    await expect(store.append('closed-1', 'any', [newEvent()])).rejects.toThrow(StoreUnavailable)
    const test = await createTestDatabase()
    const database = await openDatabase({ connectionString: test.connectionString, poolMax: 1, log })
    await database.migrate(eventStoreMigrations)
    const gone = new PostgresEventStore(database)
    await database.close()
    await expect(gone.append('gone-1', 'any', [newEvent()])).rejects.toThrow(StoreUnavailable)
    await expect(gone.head()).rejects.toThrow(StoreUnavailable)
    await gone.close()
    await test.drop()
  })
})

/** The database, with the names of the statements that went through it. */
function counting({ worker, pipeline, notifications }: StoreDatabase, statements: string[]): StoreDatabase {
  const counted = (asked: StoreDatabase['worker']): StoreDatabase['worker'] => ({
    query: (statement) => {
      statements.push(statement.name ?? statement.text)
      return asked.query(statement)
    },
  })
  return { worker: counted(worker), pipeline: counted(pipeline), notifications }
}

function newEvent(data: unknown = {}, type = 'Happened'): NewEvent {
  const id = timeOrderedId()
  const actor = { type: 'system', id: 'test' } as const
  const occurredAt = '2026-01-01T00:00:00.000Z'
  const metadata = { organizationId: id, actor, commandId: id, correlationId: id, causationId: id, occurredAt }
  return { id, type, schemaVersion: 1, data, metadata }
}

function positionOf(appended: Awaited<ReturnType<PostgresEventStore['append']>>): bigint {
  if (!appended.ok) throw new Error(appended.error.message)
  return appended.value.position
}

/** The types of the first so many events; in how many batches they come is not said, since a look of every second may fall between. */
function typesSeen(subscription: AsyncIterator<{ readonly events: readonly RecordedEvent[] }>) {
  const types: string[] = []
  return async (count: number): Promise<string[]> => {
    while (types.length < count) {
      const next = await subscription.next()
      if (next.done) throw new Error('The subscription has ended.')
      types.push(...next.value.events.map(({ type }) => type))
    }
    return types
  }
}

/** Another process's store with a subscriber, and what it is told. */
async function listeningElsewhere(database: Database) {
  const { heard, notifications } = heardFrom(database)
  const another = new PostgresEventStore({ ...database, notifications })
  const subscription = another.subscribe(await another.head())[Symbol.asyncIterator]()
  return { heard, another, listening: subscription.next() }
}

/** Tells when a notification of a position has come. */
function heardFrom({ notifications }: StoreDatabase) {
  let last = 0n
  const listen: StoreDatabase['notifications']['listen'] = (channel, listener) =>
    notifications.listen(channel, {
      ...listener,
      heard: (payload) => {
        listener.heard(payload)
        last = BigInt(payload.split(' ')[1] ?? 0)
      },
    })
  const heard = async (position: bigint): Promise<void> => {
    while (last < position) await new Promise((resolve) => setImmediate(resolve))
  }
  return { heard, notifications: { listen } }
}

async function endConnections(connectionString: string): Promise<void> {
  const owner = new Client({ connectionString })
  await owner.connect()
  await owner.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()',
  )
  await owner.end()
}
