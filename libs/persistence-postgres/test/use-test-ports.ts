import { randomBytes } from 'node:crypto'
import { createTestDatabase, type TestDatabase } from '@billstream/testing'
import { openDatabase, type Database } from '../src/database/database'
import { createPostgresPorts, persistenceMigrations, type PostgresPorts } from '../src/postgres-ports'

const TABLES = `
  runtime.inbox, runtime.process_states, runtime.outbox, runtime.refused_commands, runtime.ignored_refusals,
  runtime.timers, runtime.timer_checkpoints, runtime.snapshots, runtime.numbers, runtime.number_series,
  runtime.billing_halts, runtime.dead_letters, runtime.ended_letters, runtime.work_items, gateway.answers, gateway.rate_counts,
  accounts.secrets, accounts.person_keys, accounts.master_key, webhooks.deliveries, webhooks.delivery_attempts`

export const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }
/** More callers at once than connections, as in a busy process. */
const POOL_MAX = 8

export interface TestPorts {
  readonly database: Database
  readonly ports: PostgresPorts
  readonly connectionString: string
  readonly masterKey: Buffer
  /** Removes every row. */
  empty(): Promise<void>
}

/** A migrated database with its ports for one suite. */
export function useTestPorts(): () => TestPorts {
  let test: TestDatabase
  let under: TestPorts
  beforeAll(async () => {
    test = await createTestDatabase()
    const { connectionString } = test
    const database = await openDatabase({ connectionString, poolMax: POOL_MAX, log: silent })
    await database.migrate([
      ...persistenceMigrations,
      { name: 'test-may-truncate', up: `grant truncate on ${TABLES} to billstream_worker` },
    ])
    const masterKey = randomBytes(32)
    const ports = createPostgresPorts(database, { masterKey, log: silent })
    const empty = async () => void (await database.worker.execute({ text: `truncate ${TABLES}` }))
    under = { database, ports, connectionString, masterKey, empty }
  })
  afterAll(async () => {
    await under.database.close()
    await test.drop()
  })
  return () => under
}
