import { eventRegistry } from '@billstream/hosting'
import {
  createMemoryPorts,
  MemoryCheckpoints,
  MemoryEventStore,
  MemoryKeyUses,
  MemoryLeases,
  MemoryPersonKeys,
  MemoryUsageLog,
  MemoryViews,
  withPersonalData,
  withUpcasting,
  type Log,
  type PlatformPorts,
} from '@billstream/event-sourcing-runtime'
import { derivedId } from '@billstream/kernel'
import { MemorySandboxCharges } from '@billstream/payment-providers-sandbox'
import type { SeededRandom } from '../chance/seeded-random'
import type { VirtualTime } from '../time/virtual-time'

const PERSON_KEY_BYTES = 32

/** What outlives every process: the ports in memory, and what the provider has charged. */
export interface DurableWorld {
  /** The store is the bare one: each process reads and writes persons through its own decorator. */
  readonly ports: PlatformPorts
  /** As a process without faults sees it. */
  readonly clearStore: PlatformPorts['eventStore']
  readonly leases: MemoryLeases
  readonly charges: MemorySandboxCharges
}

export function createDurableWorld(time: VirtualTime, random: SeededRandom, log: Log): DurableWorld {
  const views = new MemoryViews(time)
  const leases = new MemoryLeases()
  const eventStore = new MemoryEventStore(time)
  let ids = 0
  const keys = random.fork('person keys')
  const personKeys = new MemoryPersonKeys(() => keys.bytes(PERSON_KEY_BYTES))
  const ports: PlatformPorts = {
    ...createMemoryPorts(),
    personKeys,
    leases,
    events: eventRegistry,
    eventStore,
    views,
    viewsAnywhere: views,
    viewWriter: views,
    viewRebuilds: views,
    viewProgress: views,
    keyUses: new MemoryKeyUses(),
    checkpoints: new MemoryCheckpoints(),
    usageLog: new MemoryUsageLog(),
    clock: time,
    ids: { next: () => derivedId('simulated id', (ids += 1)) },
    sleeper: time,
    log,
  }
  const clearStore = withUpcasting(withPersonalData(eventStore, eventRegistry, personKeys), eventRegistry)
  return { ports, clearStore, leases, charges: new MemorySandboxCharges() }
}
