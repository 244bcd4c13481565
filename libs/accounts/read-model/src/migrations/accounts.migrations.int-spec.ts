import { checkView, openDatabase, viewMigrations, type Database } from '@billstream/persistence-postgres'
import { createTestDatabase, type TestDatabase } from '@billstream/testing'
import { accountsProjections } from '../index'
import { accountsMigrations } from './accounts.migrations'

const log = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** What a view's definition cannot say: these are searched before any organization is known. */
const BESIDES: Readonly<Record<string, string[]>> = {
  'accounts.organization': ['unexpected: accounts.organization: index (slug)'],
  'accounts.api_key': ['unexpected: accounts.api_key: index (hash)'],
}

describe('the migrations of accounts', () => {
  let test: TestDatabase
  let database: Database

  beforeAll(async () => {
    test = await createTestDatabase()
    database = await openDatabase({ connectionString: test.connectionString, poolMax: 2, log })
    await database.migrate([...viewMigrations, ...accountsMigrations])
  })
  afterAll(async () => {
    await database.close()
    await test.drop()
  })

  it.each(accountsProjections)('make the table of $name as its view is defined', async ({ name, view }) => {
    expect(await checkView(database.worker, view)).toEqual(BESIDES[name] ?? [])
  })
})
