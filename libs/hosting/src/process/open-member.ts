import { allMigrations, openPostgresPlatform, type PostgresPlatform } from '../postgres-platform'
import type { ServiceSettings } from '../settings/service-settings'
import type { OpenSignals } from '../signals/open-signals'
import { readPools } from '../signals/read-database'
import type { Closers } from './closers'
import { joinBrokers, type Joined } from './join-brokers'
import { reachDatabase } from './reach-database'
import { answersNow, reachEventStore } from './reach-event-store'

/** A process that works with others over Kafka: its ports, its bus, and what it is ready by. */
export interface Member extends Joined {
  readonly database: PostgresPlatform['database']
  readonly queueDepths: PostgresPlatform['queueDepths']
  readonly signals: OpenSignals
  /** Whether no migration is missing. */
  isReady(): Promise<boolean>
  /** Whether the event store answers, where that is not the database. */
  canRecord(): Promise<boolean>
}

/**
 * Opens the database, the event store and the brokers; what is opened is given to `closers`. followsFew: see openPostgresPlatform.
 * Throws CannotStart when one is out of reach.
 */
export async function openMember(
  settings: ServiceSettings,
  signals: OpenSignals,
  closers: Closers,
  { followsFew = false } = {},
): Promise<Member> {
  const { databaseUrl: connectionString, eventStoreUrl, serverSecret, poolMax, migrations } = settings
  const options = { connectionString, eventStoreUrl, serverSecret, poolMax, migrations, followsFew }
  const platform = await reachDatabase(connectionString, openPostgresPlatform(options, signals.log))
  closers.push(() => platform.close())
  const { eventStore, sleeper } = platform.ports
  await reachEventStore(eventStoreUrl, eventStore)
  signals.metrics.readWith(readPools(platform.database))
  return {
    ...(await joinBrokers({ ...settings.kafka, serverSecret }, platform.ports, closers, signals)),
    database: platform.database,
    queueDepths: platform.queueDepths,
    signals,
    isReady: async () => (await platform.database.pendingMigrations(allMigrations)).length === 0,
    canRecord: async () => eventStoreUrl === undefined || answersNow(eventStore, sleeper),
  }
}

/** Whether a process that records events can do its work. */
export async function isMemberReady(member: Member | undefined): Promise<boolean> {
  return member !== undefined && (await member.isReady()) && member.canRecord()
}
