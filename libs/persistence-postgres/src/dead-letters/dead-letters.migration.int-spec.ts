import { createTestDatabase } from '@billstream/testing'
import { openDatabase } from '../database/database'
import { persistenceMigrations } from '../postgres-ports'
import { deadLetterReferencesMigration } from './dead-letters.migration'
import { PostgresDeadLetters } from './postgres-dead-letters'

const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
const at = '2026-06-01T00:00:00.000Z'
const reference = {
  id: 'e1',
  type: 'CustomerCreated',
  stream: 'customer-ann',
  revision: 0,
  position: '9007199254740993',
}
/** As letters were kept before: the event as it was delivered. */
const whole = { ...reference, recordedAt: at, data: { personal: { name: 'Ann' } }, metadata: {} }

describe('letters that hold their whole event', () => {
  it('come to hold its reference only, those that have left as well', async () => {
    const test = await createTestDatabase()
    const database = await openDatabase({ connectionString: test.connectionString, poolMax: 2, log })
    try {
      const before = persistenceMigrations.filter(({ name }) => name !== deadLetterReferencesMigration.name)
      await database.migrate(before)
      const letters = new PostgresDeadLetters(database.worker)
      const letter = { consumer: 'c', key: 'customer-ann', event: whole, error: 'No.', tries: 5, at }
      await letters.add({ id: 'stays', ...letter })
      await letters.add({ id: 'left', ...letter })
      await letters.end(['left'], { outcome: 'dropped', by: 'ann', reason: 'torn', at })
      expect(JSON.stringify(await letters.list({ limit: 10 }))).toContain('Ann')

      await database.migrate(persistenceMigrations)
      expect(await letters.list({ limit: 10 })).toEqual([{ ...letter, id: 'stays', event: reference, waits: false }])
      expect(await letters.ended({ limit: 10 })).toMatchObject([{ id: 'left', event: reference }])
      expect(JSON.stringify(await letters.ended({ limit: 10 }))).not.toContain('Ann')
    } finally {
      await database.close()
      await test.drop()
    }
  })
})
