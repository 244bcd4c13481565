import { Client } from 'pg'
import { eventStoreConformance } from '@billstream/event-sourcing-runtime'
import { openDatabase, type Database } from '@billstream/persistence-postgres'
import { createTestDatabase } from '@billstream/testing'
import { eventStoreMigrations } from './event-store.migrations'
import { PostgresEventStore } from './postgres-event-store'

const log = { info: () => undefined, warn: () => undefined, error: () => undefined }

eventStoreConformance('PostgreSQL', async () => {
  const test = await createTestDatabase()
  const open = (): Promise<Database> => openDatabase({ connectionString: test.connectionString, poolMax: 4, log })
  const [first, second] = [await open(), await open()]
  await first.migrate(eventStoreMigrations)
  const [store, another] = [new PostgresEventStore(first), new PostgresEventStore(second)]
  return {
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
})

async function endConnections(connectionString: string): Promise<void> {
  const owner = new Client({ connectionString })
  await owner.connect()
  await owner.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()',
  )
  await owner.end()
}
