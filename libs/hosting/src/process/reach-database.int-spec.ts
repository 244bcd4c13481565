import { openDatabase } from '@billstream/persistence-postgres'
import { createTestDatabase, type TestDatabase } from '@billstream/testing'
import { CannotStart } from './cannot-start'
import { reachDatabase } from './reach-database'

const log = { info: () => undefined, warn: () => undefined, error: () => undefined }

describe('a database that a program needs', () => {
  let database: TestDatabase

  beforeAll(async () => {
    database = await createTestDatabase()
  })
  afterAll(() => database.drop())

  const reach = (connectionString: string) =>
    reachDatabase(connectionString, openDatabase({ connectionString, poolMax: 1, log }))

  /** The address of the database over loopback, where a password is asked for, with these parts changed. */
  function changed(parts: Partial<Pick<URL, 'port' | 'password' | 'pathname'>>): string {
    const url = new URL(database.connectionString)
    const given = new URL(`postgresql://${url.username}:${url.password}@127.0.0.1:${url.port}${url.pathname}`)
    return Object.assign(given, parts).toString()
  }

  describe('that is there', () => {
    it('is what was opened', async () => {
      const opened = await reach(database.connectionString)
      expect(await opened.worker.query({ text: 'select 1 as one', values: [] })).toEqual([{ one: 1 }])
      await opened.close()
    })
  })

  describe.each([
    ['at which nobody answers', { port: '1' }, /^DATABASE_URL: PostgreSQL at 127\.0\.0\.1:1 .*ECONNREFUSED/],
    ['with a wrong password', { password: 'guessed' }, /^DATABASE_URL: .*password authentication failed/],
    ['of a name that there is not', { pathname: '/nowhere' }, /^DATABASE_URL: .*"nowhere" does not exist/],
  ] as const)('%s', (_, parts, words) => {
    it('is named with the cause, in one line and without the password', async () => {
      const url = changed(parts)
      const failure = await reach(url).catch((error: Error) => error)
      expect(failure).toBeInstanceOf(CannotStart)
      const { message } = failure as Error
      expect(message).toMatch(words)
      expect(message).not.toContain('\n')
      expect(message).not.toContain('guessed')
    })
  })

  describe('whose password was left out', () => {
    it('is named with the cause', async () => {
      // As the driver says it. It leaves such a connection open, on which a removal of the database waits.
      const refusal = Promise.reject(new Error('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string'))
      await expect(reachDatabase(database.connectionString, refusal)).rejects.toThrow(/^DATABASE_URL: .*password/)
    })
  })

  describe('whose migration is wrong', () => {
    it('keeps the failure of the statement', async () => {
      const statement = openDatabase({ connectionString: database.connectionString, poolMax: 1, log }).then((opened) =>
        opened.worker.query({ text: 'select nothing', values: [] }).finally(() => opened.close()),
      )
      await expect(reachDatabase(database.connectionString, statement)).rejects.not.toBeInstanceOf(CannotStart)
    })
  })
})
