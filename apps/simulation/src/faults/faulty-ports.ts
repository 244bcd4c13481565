import type { EventRegistry, Position } from '@billstream/event-sourcing-core'
import {
  MemoryBells,
  StoreUnavailable,
  withPersonalData,
  withUpcasting,
  type EventStore,
  type Leases,
  type PlatformPorts,
  type Sleeper,
} from '@billstream/event-sourcing-runtime'
import type { SimulatedProcess } from '../process/simulated-process'
import type { VirtualTime } from '../time/virtual-time'
import type { CallFault, Faults } from './faults'
import { guardedPort, type AroundCall } from './guarded-port'

/** The longest that a port makes one wait, in milliseconds. */
const SLOW_CALL_MAX_MS = 2_000

/** What happens to processes: the supervisor starts them again. */
export interface Supervisor {
  crash(process: SimulatedProcess): void
  pause(process: SimulatedProcess): void
}

export interface FaultyWorld {
  readonly process: SimulatedProcess
  readonly time: VirtualTime
  readonly faults: Faults
  readonly supervisor: Supervisor
}

/** The durable ports as one process reaches them: slowly, not always, and only while it lives. */
export function faultyPorts(durable: PlatformPorts, world: FaultyWorld): PlatformPorts {
  const around = aroundCalls(world)
  const guard = <Port extends object>(port: Port): Port => guardedPort(port, around)
  const personKeys = guard(durable.personKeys)
  const log = silencedWhenDead(durable, world.process)
  return {
    events: durable.events,
    clock: durable.clock,
    ids: durable.ids,
    log,
    sleeper: sleeperOf(world),
    leases: leasesOf(durable.leases, world.process),
    // Rings are hints: none reaches another process here, and a process that dies hears none.
    bells: new MemoryBells(),
    eventStore: storeOf(durable.eventStore, durable.events, { personKeys, around, world }),
    personKeys,
    views: guard(durable.views),
    viewsAnywhere: guard(durable.viewsAnywhere),
    viewWriter: guard(durable.viewWriter),
    viewRebuilds: guard(durable.viewRebuilds),
    viewProgress: guard(durable.viewProgress),
    processes: guard(durable.processes),
    timers: guard(durable.timers),
    workQueue: guard(durable.workQueue),
    answers: guard(durable.answers),
    snapshots: guard(durable.snapshots),
    numbers: guard(durable.numbers),
    deliveries: guard(durable.deliveries),
    deadLetters: guard(durable.deadLetters),
    projectionControls: guard(durable.projectionControls),
    billingHalts: guard(durable.billingHalts),
    secrets: guard(durable.secrets),
    counters: guard(durable.counters),
    keyUses: guard(durable.keyUses),
    checkpoints: guard(durable.checkpoints),
    usageLog: guard(durable.usageLog),
  }
}

function aroundCalls({ process, time, faults, supervisor }: FaultyWorld): AroundCall {
  async function hit<T>(fault: CallFault, call: () => Promise<T>): Promise<T> {
    if (fault === 'slowCall') await time.sleep(faults.delayMs(SLOW_CALL_MAX_MS))
    if (fault === 'unavailable') throw new StoreUnavailable('The port cannot be reached.')
    if (fault === 'crashBefore') supervisor.crash(process)
    if (fault === 'pause') supervisor.pause(process)
    await process.pass()
    const answer = await call()
    if (fault === 'crashAfter') supervisor.crash(process)
    await process.pass()
    if (fault === 'lostAnswer') throw new StoreUnavailable('The answer of the port was lost.')
    return answer
  }
  return async (call, what) => {
    await time.countCall(what)
    if (!process.isRunning) await process.pass()
    const fault = faults.ofCall()
    if (fault !== undefined) return hit(fault, call)
    const answer = await call()
    if (!process.isRunning) await process.pass()
    return answer
  }
}

function sleeperOf({ process, time }: FaultyWorld): Sleeper {
  return {
    async sleep(ms, signal) {
      await time.sleep(ms, signal)
      if (!process.isRunning) await process.pass()
    },
  }
}

function leasesOf(leases: Leases, process: SimulatedProcess): Leases {
  const noted = (role: string, work: Parameters<Leases['hold']>[2]) => async (signal: AbortSignal) => {
    process.roles.add(role)
    try {
      await work(signal)
    } finally {
      process.roles.delete(role)
    }
  }
  return {
    hold: async (role, stop, work) => {
      await leases.hold(role, AbortSignal.any([stop, process.gone.signal]), noted(role, work))
      if (!process.isRunning) await process.pass()
    },
    isHeld: (role) => leases.isHeld(role),
  }
}

function storeOf(
  store: EventStore,
  registry: EventRegistry,
  { personKeys, around, world }: { personKeys: PlatformPorts['personKeys']; around: AroundCall; world: FaultyWorld },
): EventStore {
  const reached: EventStore = {
    append: (stream, expected, events) => around(() => store.append(stream, expected, events), 'append'),
    head: () => around(() => store.head(), 'head'),
    count: (from, options) => around(() => store.count(from, options), 'count'),
    close: () => store.close(),
    async *read(stream, options) {
      await around(() => Promise.resolve(), 'read')
      yield* store.read(stream, options)
    },
    subscribe: (from, options) => subscribeFaultily({ store, world }, from, options),
  }
  return withUpcasting(withPersonalData(reached, registry, personKeys), registry)
}

/** A subscription resumes by itself after a lost connection: it is slow, never unavailable. */
async function* subscribeFaultily(
  { store, world }: { store: EventStore; world: FaultyWorld },
  from: Position,
  options: Parameters<EventStore['subscribe']>[1],
) {
  const { process, time, faults } = world
  for await (const batch of store.subscribe(from, options)) {
    if (faults.strikes('slowCall')) await time.sleep(faults.delayMs(SLOW_CALL_MAX_MS))
    if (!process.isRunning) await process.pass()
    yield batch
  }
}

function silencedWhenDead({ log }: PlatformPorts, process: SimulatedProcess): PlatformPorts['log'] {
  const unlessDead = (write: PlatformPorts['log']['info']): PlatformPorts['log']['info'] => {
    return (fields, message) => {
      if (!process.isDead) write({ process: process.name, ...fields }, message)
    }
  }
  return {
    info: unlessDead((fields, message) => log.info(fields, message)),
    warn: unlessDead((fields, message) => log.warn(fields, message)),
    error: unlessDead((fields, message) => log.error(fields, message)),
  }
}
