import { createHash } from 'node:crypto'
import { eventRegistry, readModelMigrations } from '@billstream/projector'
import { eventStoreMigrations, PostgresEventStore } from '@billstream/event-store-postgres'
import { withPersonalData, withUpcasting, type Log, type PlatformPorts } from '@billstream/event-sourcing-runtime'
import { sandboxMigrations } from '@billstream/payment-providers-sandbox'
import {
  openDatabase,
  PostgresAnswers,
  PostgresCheckpoints,
  PostgresCounters,
  PostgresDeadLetters,
  PostgresDeliveries,
  PostgresKeyUses,
  PostgresLeases,
  PostgresNumbers,
  PostgresPersonKeys,
  PostgresProcessStore,
  PostgresSecrets,
  PostgresSnapshots,
  PostgresTimers,
  PostgresUsageLog,
  PostgresWorkQueue,
  persistenceMigrations,
  postgresViews,
  Sealing,
  viewMigrations,
  type Database,
} from '@billstream/persistence-postgres'
import { systemClock, systemIds, systemSleeper } from '@billstream/platform'

/** Connections of each of the two roles. */
const POOL_MAX = 12

export const allMigrations = [
  ...eventStoreMigrations,
  ...viewMigrations,
  ...persistenceMigrations,
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
  { connectionString, serverSecret }: { connectionString: string; serverSecret: string },
  log: Log,
): Promise<PostgresPlatform> {
  const database = await openDatabase({ connectionString, poolMax: POOL_MAX, log })
  await database.migrate(allMigrations)
  const { worker, tenant } = database
  const sealing = new Sealing(masterKey(serverSecret))
  const personKeys = new PostgresPersonKeys(tenant, sealing)
  const views = postgresViews(database)
  const eventStore = new PostgresEventStore(database)
  const ports: PlatformPorts = {
    events: eventRegistry,
    eventStore: withUpcasting(withPersonalData(eventStore, eventRegistry, personKeys), eventRegistry),
    views: views.reader,
    viewsAnywhere: views.anywhere,
    viewWriter: views.writer,
    viewProgress: views.progress,
    processes: new PostgresProcessStore(worker),
    timers: new PostgresTimers(worker),
    workQueue: new PostgresWorkQueue(worker),
    leases: new PostgresLeases(() => database.dedicatedClient('leases'), log),
    answers: new PostgresAnswers(tenant, worker),
    snapshots: new PostgresSnapshots(worker),
    numbers: new PostgresNumbers(worker),
    deliveries: new PostgresDeliveries(tenant, worker),
    deadLetters: new PostgresDeadLetters(worker),
    secrets: new PostgresSecrets(tenant, sealing),
    personKeys,
    counters: new PostgresCounters(worker),
    keyUses: new PostgresKeyUses(tenant),
    checkpoints: new PostgresCheckpoints(worker),
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
