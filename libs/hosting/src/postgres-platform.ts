import { createHash } from 'node:crypto'
import { eventStoreMigrations } from '@billstream/event-store-postgres'
import {
  CachedPersonKeys,
  withPersonalData,
  withUpcasting,
  type EventStore,
  type Log,
  type PlatformPorts,
} from '@billstream/event-sourcing-runtime'
import { sandboxMigrations } from '@billstream/payment-providers-sandbox'
import {
  checkpointsMigration,
  createPostgresPorts,
  fixMasterKey,
  keyUsesMigration,
  MasterKeyDiffers,
  openDatabase,
  persistenceMigrations,
  PostgresCheckpoints,
  PostgresKeyUses,
  PostgresQueueDepths,
  PostgresUsageLog,
  postgresViews,
  proveMasterKey,
  usageLogMigrations,
  viewMigrations,
  type Database,
} from '@billstream/persistence-postgres'
import { systemClock, systemIds, systemSleeper } from '@billstream/platform'
import { CannotStart } from './process/cannot-start'
import { eventRegistry } from './event-registry'
import { openEventStore } from './event-store'
import { readModelMigrations } from './read-models'

/** Connections of each of the two roles, where one process does everything. */
const POOL_MAX = 12
/** Between two hints to others where this process waits for none of theirs, in milliseconds. */
const HINT_REST_MS = 25
/** Between two looks while somebody else runs the migrations, in milliseconds. */
const MIGRATIONS_LOOK_MS = 500

export const allMigrations = [
  ...eventStoreMigrations,
  ...viewMigrations,
  ...persistenceMigrations,
  checkpointsMigration,
  keyUsesMigration,
  ...usageLogMigrations,
  ...readModelMigrations,
  ...sandboxMigrations,
]

/** The platform's ports on one PostgreSQL. */
export interface PostgresPlatform {
  readonly ports: PlatformPorts
  readonly database: Database
  /** Of all processes on this database. */
  readonly queueDepths: PostgresQueueDepths
  close(): Promise<void>
}

export interface PostgresPlatformOptions {
  /** URL of the owner. */
  readonly connectionString: string
  readonly serverSecret: string
  /** Connections of each of the two roles. */
  readonly poolMax?: number
  /** `run` (default): runs what is missing. `wait`: until somebody has run it. `none`: neither, as a look from outside. */
  readonly migrations?: 'run' | 'wait' | 'none'
  /** Where events are recorded, if not in this PostgreSQL: see `openEventStore`. */
  readonly eventStoreUrl?: string | undefined
  /**
   * This process does everything itself: what others hear of it may come in steps of 25 ms, which costs it less. Else its appends
   * go one group at a time: each group wakes up every process that follows the store.
   */
  readonly alone?: boolean
  /** What follows the store here wants few types of event, and reads no others. */
  readonly followsFew?: boolean
}

/**
 * Connects, migrates, proves that tenants are separated, and fills the ports. Throws CannotStart when the database was filled under
 * another secret.
 */
export async function openPostgresPlatform(options: PostgresPlatformOptions, log: Log): Promise<PostgresPlatform> {
  const { connectionString, serverSecret, poolMax = POOL_MAX, migrations = 'run', eventStoreUrl } = options
  const hintRestMs = options.alone === true ? HINT_REST_MS : 0
  const database = await openDatabase({ connectionString, poolMax, log, hintRestMs })
  let eventStore: EventStore
  try {
    const postgres = {
      tellRestMs: hintRestMs,
      remembers: options.followsFew !== true,
      ...(options.alone !== true && { groupsInFlightMax: 1 }),
    }
    eventStore = openEventStore({ eventStoreUrl, database, log, postgres })
    if (migrations === 'run') await database.migrate(allMigrations)
    if (migrations === 'wait') await untilMigrated(database, log)
    if (migrations !== 'none') await fixServerSecret(database, serverSecret)
  } catch (error) {
    await database.close()
    throw error
  }
  const persisted = createPostgresPorts(database, { masterKey: masterKey(serverSecret), log })
  const views = postgresViews(database)
  // One for reading and for erasing: what is erased here is forgotten here at once.
  const personKeys = new CachedPersonKeys(persisted.personKeys)
  const personal = withPersonalData(eventStore, eventRegistry, personKeys)
  const ports: PlatformPorts = {
    ...persisted,
    personKeys,
    events: eventRegistry,
    eventStore: withUpcasting(personal, eventRegistry),
    views: views.reader,
    viewsAnywhere: views.anywhere,
    viewWriter: views.writer,
    viewRebuilds: views.rebuilds,
    viewProgress: views.progress,
    keyUses: new PostgresKeyUses(database.tenant, database.worker),
    checkpoints: new PostgresCheckpoints(database.worker),
    usageLog: new PostgresUsageLog(database),
    clock: systemClock,
    ids: systemIds,
    sleeper: systemSleeper,
    log,
  }
  return {
    ports,
    database,
    queueDepths: new PostgresQueueDepths(database.worker),
    async close() {
      await eventStore.close()
      await views.close()
      await database.close()
    },
  }
}

async function untilMigrated(database: Database, log: Log): Promise<void> {
  let told = false
  for (;;) {
    const pending = await database.pendingMigrations(allMigrations)
    if (pending.length === 0) break
    if (!told) log.warn({ pending: pending.length, first: pending[0] }, 'Waiting until the migrations have run.')
    told = true
    await systemSleeper.sleep(MIGRATIONS_LOOK_MS)
  }
  await database.assertTenantsSeparated()
}

/**
 * Opens what is sealed in the database, where there is any. Throws MasterKeyDiffers when this server's secret is another one.
 */
export function proveServerSecret(database: Database, serverSecret: string): Promise<void> {
  return proveMasterKey(database, masterKey(serverSecret))
}

/** What one process seals, all others must be able to open: a start under another secret would stop them all. */
async function fixServerSecret(database: Database, serverSecret: string): Promise<void> {
  try {
    await fixMasterKey(database, masterKey(serverSecret))
  } catch (error) {
    if (error instanceof MasterKeyDiffers) throw new CannotStart(OTHER_SECRET)
    throw error
  }
}

const OTHER_SECRET =
  'SERVER_SECRET is another one than that of this database, under which secrets and personal data are kept; give each process the first one (npm start and npm run services keep theirs in DATA_DIR).'

/** What is encrypted at rest hangs on a key of its own, derived from the server's secret. */
function masterKey(serverSecret: string): Buffer {
  return createHash('sha256').update(`billstream:encryption-at-rest:${serverSecret}`).digest()
}
