import { createHash } from 'node:crypto'
import { eventStoreMigrations, PostgresEventStore } from '@billstream/event-store-postgres'
import {
  CachedPersonKeys,
  withPersonalData,
  withUpcasting,
  type Log,
  type PlatformPorts,
} from '@billstream/event-sourcing-runtime'
import { sandboxMigrations } from '@billstream/payment-providers-sandbox'
import {
  checkpointsMigration,
  createPostgresPorts,
  keyUsesMigration,
  openDatabase,
  persistenceMigrations,
  PostgresCheckpoints,
  PostgresKeyUses,
  PostgresUsageLog,
  postgresViews,
  usageLogMigrations,
  viewMigrations,
  type Database,
} from '@billstream/persistence-postgres'
import { systemClock, systemIds, systemSleeper } from '@billstream/platform'
import { eventRegistry } from './event-registry'
import { readModelMigrations } from './read-models'

/** Connections of each of the two roles, where one process does everything. */
const POOL_MAX = 12

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
  close(): Promise<void>
}

/** Connects, migrates, proves that tenants are separated, and fills the ports. */
export async function openPostgresPlatform(
  {
    connectionString,
    serverSecret,
    poolMax = POOL_MAX,
  }: { connectionString: string; serverSecret: string; poolMax?: number },
  log: Log,
): Promise<PostgresPlatform> {
  const database = await openDatabase({ connectionString, poolMax, log })
  try {
    await database.migrate(allMigrations)
  } catch (error) {
    await database.close()
    throw error
  }
  const persisted = createPostgresPorts(database, { masterKey: masterKey(serverSecret), log })
  const views = postgresViews(database)
  const eventStore = new PostgresEventStore(database)
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
    async close() {
      await eventStore.close()
      await views.close()
      await database.close()
    },
  }
}

/** What is encrypted at rest hangs on a key of its own, derived from the server's secret. */
function masterKey(serverSecret: string): Buffer {
  return createHash('sha256').update(`billstream:encryption-at-rest:${serverSecret}`).digest()
}
