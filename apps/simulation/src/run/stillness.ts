import { testClockView } from '@billstream/accounts-read-model'
import { CONTEXTS } from '@billstream/event-sourcing-core'
import type { PlatformPorts, ProgressBoard } from '@billstream/event-sourcing-runtime'
import { compareInstants, epochMillis, INSTANT_MAX } from '@billstream/kernel'
import type { SimulatedNetwork } from '../network/simulated-network'
import type { VirtualTime } from '../time/virtual-time'

/** Work queues whose work belongs to what has begun. */
const QUEUES = ['provider-calls', 'provider-notifications', 'test-clock-steps']
const ROWS_MAX = 1_000

interface LookedAt {
  readonly ports: PlatformPorts
  readonly board: ProgressBoard
  readonly network: Pick<SimulatedNetwork, 'isIdle'>
  readonly time: VirtualTime
  loops(): readonly string[]
  readonly projections: readonly string[]
}

/** Looks whether everything that has begun has come to its end: nothing can happen any more but by time or by a client. */
export class Stillness {
  constructor(private readonly world: LookedAt) {}

  /** What is still under way, in words; undefined when the world stands still. The cheap looks come first. */
  async whatIsLeft(): Promise<string | undefined> {
    if (!this.world.network.isIdle) return 'messages on their way'
    return (await this.unseenEvents()) ?? (await this.unsentCommands()) ?? (await this.unfinishedWork())
  }

  /** When the next thing that was put off is due, in real time. */
  async nextDueMs(): Promise<number | undefined> {
    const { timers, workQueue } = this.world.ports
    const due = await Promise.all([
      ...CONTEXTS.map((owner) => timers.nextDue(owner)),
      ...QUEUES.map((queue) => workQueue.nextAt(queue)),
    ])
    const known = due.filter((instant) => instant !== undefined).map(epochMillis)
    return known.length === 0 ? undefined : Math.min(...known)
  }

  private async unseenEvents(): Promise<string | undefined> {
    const { ports, board, loops, projections } = this.world
    const head = await ports.eventStore.head()
    const behind = loops().find((name) => (board.get(name) ?? 0n) < head)
    if (behind !== undefined) return `${behind} has not seen all events`
    const positions = await ports.viewProgress.positions()
    const late = projections.find((name) => (positions.get(name) ?? 0n) < head)
    return late === undefined ? undefined : `${late} has not seen all events`
  }

  private async unsentCommands(): Promise<string | undefined> {
    for (const owner of CONTEXTS) {
      const [row] = await this.world.ports.processes.pending(owner, 1, INSTANT_MAX)
      if (row) return `${row.process} has not sent ${row.type} to ${row.target}`
    }
    return undefined
  }

  private async unfinishedWork(): Promise<string | undefined> {
    const { ports, time } = this.world
    for (const queue of QUEUES) {
      const count = await ports.workQueue.count(queue)
      if (count > 0) return `${queue} holds ${count}`
    }
    const due = (await ports.timers.list({ limit: ROWS_MAX })).find(
      (timer) => timer.clockId === null && compareInstants(timer.due, time.now()) <= 0,
    )
    if (due) return `the timer ${due.rule} of ${due.aggregateId} is due`
    if ((await ports.usageLog.changedPeriods(1)).length > 0) return 'a changed period is not announced'
    const advancing = await ports.viewsAnywhere.countAnywhere(testClockView, { status: 'advancing' })
    if (advancing > 0) return 'a test clock advances'
    const delivery = await ports.deliveries.nextAt()
    return delivery !== undefined && compareInstants(delivery, time.now()) <= 0 ? 'a webhook is due' : undefined
  }
}
