import type { Projection } from '@billstream/event-sourcing-core'
import type { PlatformPorts } from '@billstream/event-sourcing-runtime'
import type { PaymentProvider } from '@billstream/payment-providers-port'
import type { SeededRandom } from '../chance/seeded-random'
import type { Faults } from '../faults/faults'
import type { Supervisor } from '../faults/faulty-ports'
import { SimulatedNetwork } from '../network/simulated-network'
import type { WebhookReceivers } from '../network/webhook-receivers'
import { SharedBoard } from '../process/shared-board'
import { SimulatedProcess } from '../process/simulated-process'
import type { VirtualTime } from '../time/virtual-time'
import type { DurableWorld } from './durable-world'
import { SimulatedReplica } from './simulated-replica'

/** A dead or silent process loses its roles and its messages within so long, in milliseconds. Source: architecture.md, section 4. */
const TAKEN_OVER_WITHIN_MS = 5_000
const RESTART_WITHIN_MS = 5_000
const PAUSE_MAX_MS = 20_000

export interface ClusterParts {
  readonly time: VirtualTime
  readonly random: SeededRandom
  readonly faults: Faults
  readonly durable: DurableWorld
  /** What processes get of the durable ports: a seam for specs that break something. */
  readonly ports: PlatformPorts
  readonly projections: readonly Projection[]
  readonly receivers: WebhookReceivers
  readonly withProvider: (provider: PaymentProvider) => PaymentProvider
  readonly onFailure: (error: unknown) => void
}

/** The replicas of the platform, and whoever starts them again. */
export class Cluster implements Supervisor {
  readonly board = new SharedBoard()
  readonly network: SimulatedNetwork
  /** Names on the board that every event passes, whoever is alive. */
  loops: readonly string[] = []
  private readonly replicas = new Map<string, SimulatedReplica>()
  private isStopping = false

  constructor(
    private readonly parts: ClusterParts,
    replicas: number,
  ) {
    const { time, faults } = parts
    this.network = new SimulatedNetwork(time, faults, () => this.reachable())
    for (let index = 0; index < replicas; index += 1) this.startReplica(`replica ${index + 1}`)
  }

  crash(process: SimulatedProcess): void {
    if (process.isDead || this.isStopping) return
    process.crash()
    this.replicas.delete(process.name)
    void this.afterCrash(process)
  }

  pause(process: SimulatedProcess): void {
    if (!process.isRunning || this.isStopping) return
    process.pause()
    void this.afterPause(process)
  }

  /** Ends as on SIGTERM; resolves when every loop has ended. */
  async stop(): Promise<void> {
    this.isStopping = true
    await Promise.all([...this.replicas.values()].map((replica) => replica.stop()))
  }

  private async afterCrash(process: SimulatedProcess): Promise<void> {
    const { time, random, durable } = this.parts
    await time.sleep(random.between(0, TAKEN_OVER_WITHIN_MS))
    process.beTakenForDead(durable.leases)
    await time.sleep(random.between(0, RESTART_WITHIN_MS))
    if (!this.isStopping) this.startReplica(process.name)
  }

  /** One that stands still for long is taken for dead, and then goes on all the same. */
  private async afterPause(process: SimulatedProcess): Promise<void> {
    const { time, random, durable } = this.parts
    const pauseMs = random.between(1, PAUSE_MAX_MS)
    await time.sleep(Math.min(pauseMs, TAKEN_OVER_WITHIN_MS))
    if (pauseMs > TAKEN_OVER_WITHIN_MS) {
      process.beTakenForDead(durable.leases)
      await time.sleep(pauseMs - TAKEN_OVER_WITHIN_MS)
    }
    process.resume()
  }

  private reachable(): SimulatedReplica[] {
    return [...this.replicas.values()].filter(({ process }) => process.isRunning)
  }

  private startReplica(name: string): void {
    const { time, faults, ports, projections, durable, receivers, withProvider, onFailure } = this.parts
    const process = new SimulatedProcess(name)
    const replica = new SimulatedReplica({
      durable: ports,
      world: { process, time, faults, supervisor: this },
      bus: this.network.busOf(process),
      board: this.board,
      projections,
      charges: durable.charges,
      webhookSender: receivers.senderOf(process),
      withProvider,
      onFailure,
    })
    this.replicas.set(name, replica)
    this.loops = replica.loops
    replica.start()
  }
}
