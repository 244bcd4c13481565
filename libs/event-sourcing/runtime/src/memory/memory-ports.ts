import type { PlatformPorts } from '../service/platform-ports'
import { MemoryAnswers } from './answers.memory'
import { MemoryBells } from './bells.memory'
import { MemoryBillingHalts } from './billing-halts.memory'
import { MemoryCounters } from './counters.memory'
import { MemoryDeadLetters } from './dead-letters.memory'
import { MemoryDeliveries } from './deliveries.memory'
import { MemoryLeases } from './leases.memory'
import { MemoryNumbers } from './numbers.memory'
import { MemoryProcessStore } from './processes.memory'
import { MemoryPersonKeys, MemorySecrets } from './secrets.memory'
import { MemoryProjectionControls } from './projection-controls.memory'
import { MemorySnapshots } from './snapshots.memory'
import { MemoryTimers } from './timers.memory'
import { MemoryWorkQueue } from './work-queue.memory'

export type MemoryPorts = Pick<
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

/** Empty ports of one process; what they hold ends with it. */
export function createMemoryPorts(): MemoryPorts {
  const billingHalts = new MemoryBillingHalts()
  return {
    billingHalts,
    processes: new MemoryProcessStore(billingHalts),
    timers: new MemoryTimers(billingHalts),
    workQueue: new MemoryWorkQueue(billingHalts),
    leases: new MemoryLeases(),
    bells: new MemoryBells(),
    answers: new MemoryAnswers(),
    snapshots: new MemorySnapshots(),
    numbers: new MemoryNumbers(),
    deadLetters: new MemoryDeadLetters(),
    deliveries: new MemoryDeliveries(),
    secrets: new MemorySecrets(),
    personKeys: new MemoryPersonKeys(),
    counters: new MemoryCounters(),
    projectionControls: new MemoryProjectionControls(),
  }
}
