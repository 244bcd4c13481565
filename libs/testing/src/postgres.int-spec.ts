import { Client } from 'pg'
import { createTestDatabase } from './postgres'

async function query(connectionString: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}

describe('two databases of one run', () => {
  it('are empty, apart from each other, and gone once dropped', async () => {
    const [first, second] = await Promise.all([createTestDatabase(), createTestDatabase()])
    await query(first.connectionString, 'create table kept (id int)')
    const tables = `select tablename from pg_tables where schemaname = 'public'`
    expect(await query(first.connectionString, tables)).toEqual([{ tablename: 'kept' }])
    expect(await query(second.connectionString, tables)).toEqual([])
    await Promise.all([first.drop(), second.drop()])
    await expect(query(first.connectionString, 'select 1')).rejects.toMatchObject({ code: '3D000' })
  })
})

describe('a database with a client that is still connected', () => {
  it('can be dropped', async () => {
    const database = await createTestDatabase()
    const client = new Client({ connectionString: database.connectionString })
    const disconnected = new Promise((resolve) => client.on('error', resolve))
    await client.connect()
    await database.drop()
    await expect(disconnected).resolves.toMatchObject({ code: '57P01' })
  })
})
