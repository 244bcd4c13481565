import { checkpointsConformance, keyUsesConformance } from '@billstream/event-sourcing-runtime/conformance'
import { createTestDatabase, type TestDatabase } from '@billstream/testing'
import { checkpointsMigration } from '../checkpoints/checkpoints.migration'
import { PostgresCheckpoints } from '../checkpoints/postgres-checkpoints'
import { openDatabase, type Database } from '../database/database'
import { keyUsesMigration } from './key-uses.migration'
import { PostgresKeyUses } from './postgres-key-uses'

const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
let server: TestDatabase
let database: Database

beforeAll(async () => {
  server = await createTestDatabase()
  database = await openDatabase({ connectionString: server.connectionString, poolMax: 2, log })
  await database.migrate([checkpointsMigration, keyUsesMigration])
})
afterAll(async () => {
  await database.close()
  await server.drop()
})

checkpointsConformance('PostgreSQL', () => new PostgresCheckpoints(database.worker))
keyUsesConformance('PostgreSQL', () => new PostgresKeyUses(database.tenant, database.worker))
