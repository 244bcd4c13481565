import { openDatabase, type Database } from '@billstream/persistence-postgres'
import { createTestDatabase, type TestDatabase } from '@billstream/testing'
import { PostgresSandboxCharges } from './postgres-sandbox-charges'
import { sandboxMigrations } from './sandbox-charges.migration'
import { sandboxChargesKit } from './sandbox-charges.kit'

let server: TestDatabase
let database: Database
const log = { info: () => undefined, warn: () => undefined, error: () => undefined }

beforeAll(async () => {
  server = await createTestDatabase()
  database = await openDatabase({ connectionString: server.connectionString, poolMax: 4, log })
  await database.migrate(sandboxMigrations)
})
afterAll(async () => {
  await database.close()
  await server.drop()
})

sandboxChargesKit('in PostgreSQL', () => new PostgresSandboxCharges(database.worker))

describe('the role of requests', () => {
  it('cannot see them', () =>
    expect(database.app.query({ text: 'select * from sandbox.charge' })).rejects.toThrow(/permission denied/))
})
