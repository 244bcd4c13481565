import type { Log, PlatformPorts } from '@billstream/event-sourcing-runtime'
import { answersMigration, forgottenMentionsMigration } from './answers/answers.migration'
import { PostgresAnswers } from './answers/postgres-answers'
import { PostgresBells } from './bells/postgres-bells'
import { countersMigration } from './counters/counters.migration'
import { billingHaltsMigration } from './billing-halts/billing-halts.migration'
import { PostgresBillingHalts } from './billing-halts/postgres-billing-halts'
import { PostgresCounters } from './counters/postgres-counters'
import type { Database } from './database/database'
import type { Migration } from './database/migrations'
import {
  deadLetterCorrelationMigration,
  deadLetterEndsMigration,
  deadLetterReferencesMigration,
  deadLettersMigration,
} from './dead-letters/dead-letters.migration'
import { PostgresDeadLetters } from './dead-letters/postgres-dead-letters'
import {
  deliveriesMigration,
  deliveryCorrelationMigration,
  deliveryLookupsMigration,
} from './deliveries/deliveries.migration'
import { PostgresDeliveries } from './deliveries/postgres-deliveries'
import { PostgresLeases } from './leases/postgres-leases'
import { numbersMigration } from './numbers/numbers.migration'
import { PostgresNumbers } from './numbers/postgres-numbers'
import { PostgresProcessStore } from './processes/postgres-process-store'
import { droppedCommandsMigration, processesMigration } from './processes/processes.migration'
import { PostgresPersonKeys } from './secrets/postgres-person-keys'
import { PostgresSecrets } from './secrets/postgres-secrets'
import { Sealing } from './secrets/sealing'
import { masterKeyMigration, secretsMigration } from './secrets/secrets.migration'
import { PostgresProjectionControls } from './projection-controls/postgres-projection-controls'
import { PostgresSnapshots } from './snapshots/postgres-snapshots'
import { snapshotsMigration } from './snapshots/snapshots.migration'
import { PostgresTimers } from './timers/postgres-timers'
import { timersMigration } from './timers/timers.migration'
import { PostgresWorkQueue } from './work-queue/postgres-work-queue'
import { workQueueMigration } from './work-queue/work-queue.migration'

/** The tables of the ports that `createPostgresPorts` fills. They depend on no others. */
export const persistenceMigrations: readonly Migration[] = [
  processesMigration,
  timersMigration,
  snapshotsMigration,
  numbersMigration,
  deadLettersMigration,
  workQueueMigration,
  answersMigration,
  forgottenMentionsMigration,
  countersMigration,
  secretsMigration,
  deliveriesMigration,
  deadLetterEndsMigration,
  deliveryLookupsMigration,
  billingHaltsMigration,
  deliveryCorrelationMigration,
  droppedCommandsMigration,
  masterKeyMigration,
  deadLetterReferencesMigration,
  deadLetterCorrelationMigration,
]

export type PostgresPorts = Pick<
  PlatformPorts,
  | 'processes'
  | 'timers'
  | 'workQueue'
  | 'leases'
  | 'bells'
  | 'answers'
  | 'snapshots'
  | 'numbers'
  | 'deadLetters'
  | 'deliveries'
  | 'secrets'
  | 'personKeys'
  | 'counters'
  | 'projectionControls'
  | 'billingHalts'
>

/** masterKey: 32 bytes, under which secrets and the keys of persons are sealed; else throws RangeError. */
export function createPostgresPorts(database: Database, options: { masterKey: Buffer; log: Log }): PostgresPorts {
  const { tenant, worker } = database
  const sealing = new Sealing(options.masterKey)
  return {
    processes: new PostgresProcessStore(worker),
    timers: new PostgresTimers(worker),
    workQueue: new PostgresWorkQueue(worker),
    leases: new PostgresLeases(() => database.dedicatedClient('leases'), options.log),
    bells: new PostgresBells(database.notifications),
    answers: new PostgresAnswers(tenant, worker),
    snapshots: new PostgresSnapshots(worker),
    numbers: new PostgresNumbers(worker),
    deadLetters: new PostgresDeadLetters(worker),
    deliveries: new PostgresDeliveries(tenant, worker),
    secrets: new PostgresSecrets(tenant, sealing),
    personKeys: new PostgresPersonKeys(tenant, sealing),
    counters: new PostgresCounters(worker),
    billingHalts: new PostgresBillingHalts(worker),
    projectionControls: new PostgresProjectionControls(worker),
  }
}
