import { eventIndexConformance } from '@billstream/event-sourcing-runtime/conformance'
import { openDatabase } from '@billstream/persistence-postgres'
import { createTestDatabase } from '@billstream/testing'
import { eventStoreMigrations } from './event-store.migrations'
import { PostgresEventIndex } from './postgres-event-index'
import { PostgresEventStore } from './postgres-event-store'

const log = { info: () => undefined, warn: () => undefined, error: () => undefined }

eventIndexConformance('PostgreSQL', async () => {
  const test = await createTestDatabase()
  const database = await openDatabase({ connectionString: test.connectionString, poolMax: 2, log })
  await database.migrate(eventStoreMigrations)
  const store = new PostgresEventStore(database)
  return {
    store,
    index: new PostgresEventIndex(database.worker),
    stop: async () => {
      await store.close()
      await database.close()
      await test.drop()
    },
  }
})
