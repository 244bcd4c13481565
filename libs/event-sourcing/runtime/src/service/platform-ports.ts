import type { EventRegistry } from '@billstream/event-sourcing-core'
import type { Clock, IdSource } from '@billstream/kernel'
import type { Answers } from '../ports/answers.port'
import type { Bells } from '../ports/bells.port'
import type { BillingHalts } from '../ports/billing-halts.port'
import type { Checkpoints } from '../ports/checkpoints.port'
import type { Counters } from '../ports/counters.port'
import type { DeadLetters } from '../ports/dead-letters.port'
import type { Deliveries } from '../ports/deliveries.port'
import type { EventStore } from '../ports/event-store.port'
import type { KeyUses } from '../ports/key-uses.port'
import type { Leases } from '../ports/leases.port'
import type { Numbers } from '../ports/numbers.port'
import type { ProcessStore } from '../ports/processes.port'
import type { ProjectionControls } from '../ports/projection-controls.port'
import type { PersonKeys, Secrets } from '../ports/secrets.port'
import type { Snapshots } from '../ports/snapshots.port'
import type { Timers } from '../ports/timers.port'
import type { UsageLog } from '../ports/usage-log.port'
import type { CrossTenantViewReader, ViewProgress, ViewReader, ViewRebuilds, ViewWriter } from '../ports/views.port'
import type { WorkQueue } from '../ports/work-queue.port'

/** Waiting as a port: with virtual time nothing really sleeps. */
export interface Sleeper {
  /** Resolves after `ms` real milliseconds or when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

export interface Log {
  info(fields: Record<string, unknown>, message: string): void
  warn(fields: Record<string, unknown>, message: string): void
  error(fields: Record<string, unknown>, message: string): void
}

/** Everything a service may reach, behind ports. Composition roots fill it. */
export interface PlatformPorts {
  readonly events: EventRegistry
  readonly eventStore: EventStore
  /** Requests of a tenant. */
  readonly views: ViewReader
  /** Workers only. */
  readonly viewsAnywhere: CrossTenantViewReader
  readonly viewWriter: ViewWriter
  readonly viewRebuilds: ViewRebuilds
  readonly viewProgress: ViewProgress
  readonly projectionControls: ProjectionControls
  readonly processes: ProcessStore
  readonly timers: Timers
  readonly workQueue: WorkQueue
  readonly billingHalts: BillingHalts
  readonly leases: Leases
  readonly bells: Bells
  readonly answers: Answers
  readonly snapshots: Snapshots
  readonly numbers: Numbers
  readonly deliveries: Deliveries
  readonly deadLetters: DeadLetters
  readonly secrets: Secrets
  readonly personKeys: PersonKeys
  readonly counters: Counters
  readonly keyUses: KeyUses
  readonly checkpoints: Checkpoints
  readonly usageLog: UsageLog
  readonly clock: Clock
  readonly ids: IdSource
  readonly sleeper: Sleeper
  readonly log: Log
}
