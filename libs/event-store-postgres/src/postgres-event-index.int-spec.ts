import { Client } from 'pg'
import type { NewEvent } from '@billstream/event-sourcing-core'
import { testMetadata } from '@billstream/event-sourcing-core/testing'
import { eventIndexConformance } from '@billstream/event-sourcing-runtime/conformance'
import { timeOrderedId } from '@billstream/kernel'
import { openDatabase } from '@billstream/persistence-postgres'
import { createTestDatabase } from '@billstream/testing'
import { eventStoreMigrations } from './event-store.migrations'
import { PostgresEventIndex } from './postgres-event-index'
import { PostgresEventStore } from './postgres-event-store'

const log = { info: () => undefined, warn: () => undefined, error: () => undefined }

function newEvent(type: string): NewEvent {
  const { now, ...metadata } = testMetadata()
  const commandId = timeOrderedId()
  const caused = { commandId, causationId: commandId, occurredAt: now }
  return { id: timeOrderedId(), type, data: {}, schemaVersion: 1, metadata: { ...metadata, ...caused } }
}

async function opened() {
  const test = await createTestDatabase()
  const database = await openDatabase({ connectionString: test.connectionString, poolMax: 2, log })
  await database.migrate(eventStoreMigrations)
  const store = new PostgresEventStore(database)
  return {
    connectionString: test.connectionString,
    store,
    index: new PostgresEventIndex(database.worker),
    stop: async () => {
      await store.close()
      await database.close()
      await test.drop()
    },
  }
}

eventIndexConformance('PostgreSQL', opened)

describe('a store in which events are missing', () => {
  /** Streams x-1 and x-2 with three events each, positions 1 to 6, and what the owner of the table does to them. */
  async function after(...tampering: readonly string[]) {
    const { store, index, connectionString, stop } = await opened()
    const owner = new Client({ connectionString })
    try {
      for (const stream of ['x-1', 'x-2']) {
        await store.append(stream, 'no-stream', [newEvent('Opened'), newEvent('Changed'), newEvent('Closed')])
      }
      await owner.connect()
      for (const statement of tampering) await owner.query(statement)
      return await index.completeness(1)
    } finally {
      await owner.end()
      await stop()
    }
  }

  it('is complete as long as none is', async () =>
    expect(await after()).toEqual({
      ...{ positions: { events: 6, head: 6n, holes: [] }, streams: 2, brokenStreams: 0, broken: [] },
    }))

  it('names the first positions and streams, and counts all', async () =>
    expect(await after('delete from store.events where revision = 1')).toEqual({
      ...{ positions: { events: 4, head: 6n, holes: [{ from: 2n, to: 2n }] }, streams: 2, brokenStreams: 2 },
      broken: [{ stream: 'x-1', revision: 1 }],
    }))

  it('misses the beginning of a stream, and the beginning of all', async () =>
    expect(await after('delete from store.events where position <= 2')).toMatchObject({
      positions: { holes: [{ from: 1n, to: 2n }] },
      broken: [{ stream: 'x-1', revision: 0 }],
    }))

  it('misses a whole stream by its positions', async () =>
    expect(await after(`delete from store.events where stream = 'x-1'`)).toMatchObject({
      positions: { holes: [{ from: 1n, to: 3n }] },
      brokenStreams: 0,
    }))

  it('finds a revision that stands there twice', async () =>
    expect(
      await after(
        'alter table store.events drop constraint events_revision',
        `update store.events set revision = 1 where stream = 'x-2' and revision = 2`,
      ),
    ).toMatchObject({ positions: { holes: [] }, broken: [{ stream: 'x-2', revision: 1 }] }))
})
