import {
  checkView,
  openDatabase,
  PostgresUsageLog,
  usageLogMigrations,
  viewMigrations,
  type Database,
} from '@billstream/persistence-postgres'
import { createTestDatabase, type TestDatabase } from '@billstream/testing'
import { billableMetricView, usageMigrations } from '@billstream/usage-read-model'
import { usageMeasuresTheSame } from '../../test/usage-log-properties'

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }

describe('usage on PostgreSQL', () => {
  let test: TestDatabase
  let database: Database

  beforeAll(async () => {
    test = await createTestDatabase()
    database = await openDatabase({ connectionString: test.connectionString, poolMax: 4, log: silent })
    await database.migrate([...viewMigrations, ...usageMigrations, ...usageLogMigrations])
  })
  afterAll(async () => {
    await database.close()
    await test.drop()
  })

  usageMeasuresTheSame(() => new PostgresUsageLog(database), 40)

  it('has the tables that its views describe', async () => {
    expect(await checkView(database.worker, billableMetricView)).toEqual([])
  })
})
