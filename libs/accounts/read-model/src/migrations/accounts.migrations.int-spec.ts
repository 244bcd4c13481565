import { openDatabase, type Database } from '@billstream/persistence-postgres'
import { createTestDatabase, type TestDatabase } from '@billstream/testing'
import { Client } from 'pg'
import { accountsProjections } from '../index'
import { accountsMigrations } from './accounts.migrations'

const log = { info: () => undefined, warn: () => undefined, error: () => undefined }

const SQL_TYPES: Record<string, string> = {
  text: 'text',
  instant: 'timestamp with time zone',
  integer: 'bigint',
  boolean: 'boolean',
  json: 'json',
}

describe('the migrations of accounts', () => {
  let test: TestDatabase
  let database: Database
  let owner: Client

  beforeAll(async () => {
    test = await createTestDatabase()
    database = await openDatabase({ connectionString: test.connectionString, poolMax: 2, log })
    await database.migrate(accountsMigrations)
    owner = new Client({ connectionString: test.connectionString })
    await owner.connect()
  })
  afterAll(async () => {
    await owner.end()
    await database.close()
    await test.drop()
  })

  describe.each(accountsProjections)('$name', ({ view }) => {
    const table = [view.schema, view.name]

    it('has the columns of its view', async () => {
      const { rows } = await owner.query<{ name: string; type: string; nullable: boolean }>(
        `select column_name as name, data_type as type, is_nullable = 'YES' as nullable
         from information_schema.columns where table_schema = $1 and table_name = $2 order by ordinal_position`,
        table,
      )
      const keys = ['id', 'organization_id'].map((name) => ({ name, type: 'text', nullable: false }))
      const own = Object.entries(view.columns).map(([name, { kind, nullable }]) => {
        return { name, type: SQL_TYPES[kind], nullable }
      })
      expect(rows).toEqual([...keys, ...own])
    })

    it('has the indexes of its view', async () => {
      const { rows } = await owner.query<{ definition: string }>(
        'select indexdef as definition from pg_indexes where schemaname = $1 and tablename = $2',
        table,
      )
      const definitions = rows.map(({ definition }) => definition).join('\n')
      for (const columns of [[], ...view.indexes]) {
        expect(definitions).toContain(`(${['organization_id', ...columns, 'id'].join(', ')})`)
      }
    })

    it('keeps organizations apart', async () => {
      const { rows } = await owner.query<{ enabled: boolean; forced: boolean; policies: string[] }>(
        `select relrowsecurity as enabled, relforcerowsecurity as forced,
           array(select polname::text from pg_policy where polrelid = c.oid order by 1) as policies
         from pg_class c where oid = ($1 || '.' || $2)::regclass`,
        table,
      )
      expect(rows).toEqual([{ enabled: true, forced: true, policies: ['tenant', 'worker'] }])
    })
  })
})
