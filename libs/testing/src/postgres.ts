import { randomBytes } from 'node:crypto'
import { Client } from 'pg'

export interface TestDatabase {
  /** As superuser, so that migrations can make roles. */
  readonly connectionString: string
  /** Ends what is still connected and removes the database. */
  drop(): Promise<void>
}

/**
 * A fresh, empty database for one suite, on the PostgreSQL of this test run. Roles are shared by all databases of a run.
 * Throws outside the jest projects `integration` and `e2e`, which start that server.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = process.env['BILLSTREAM_TEST_POSTGRES']
  if (server === undefined) throw new Error('No PostgreSQL runs for this jest project: name the suite *.int-spec.ts.')
  const name = `test_${randomBytes(6).toString('hex')}`
  await execute(server, `create database ${name}`)
  const address = new URL(server)
  address.pathname = `/${name}`
  return {
    connectionString: address.href,
    drop: () => execute(server, `drop database if exists ${name} with (force)`),
  }
}

async function execute(connectionString: string, sql: string): Promise<void> {
  const client = new Client({ connectionString })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
