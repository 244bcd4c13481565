import { setMaxListeners } from 'node:events'
import { accountsService } from '@billstream/accounts'
import { checkoutService } from '@billstream/checkout'
import type { Command, Context, Projection } from '@billstream/event-sourcing-core'
import {
  PositionQuiescence,
  progressOnBoard,
  ServiceRuntime,
  timersProgress,
  type PlatformPorts,
  type ProgressBoard,
  type QueryMessage,
  type ServiceDefinition,
  type UsageMessage,
} from '@billstream/event-sourcing-runtime'
import { invoicingService } from '@billstream/invoicing'
import { feedProgress, runEventFeed } from '@billstream/messaging-in-process'
import type { MessageBus } from '@billstream/messaging'
import { SandboxProvider, type MemorySandboxCharges } from '@billstream/payment-providers-sandbox'
import type { PaymentProvider } from '@billstream/payment-providers-port'
import { runProjector } from '@billstream/projector'
import { subscriptionsService } from '@billstream/subscriptions'
import { usageService } from '@billstream/usage'
import { webhooksService, type WebhookSender } from '@billstream/webhooks'
import { faultyPorts, type FaultyWorld } from '../faults/faulty-ports'
import { faultyProvider } from '../faults/faulty-provider'
import { faultyFeed, type Consume } from '../network/local-feed'
import type { Replica } from '../network/simulated-network'

/** What a replica is made of. */
export interface ReplicaParts {
  readonly durable: PlatformPorts
  readonly world: FaultyWorld
  readonly bus: MessageBus
  /** Where all loops of all replicas stand: of each role one instance runs. */
  readonly board: ProgressBoard
  readonly projections: readonly Projection[]
  readonly charges: MemorySandboxCharges
  readonly webhookSender: WebhookSender
  /** A seam for specs that break something. */
  readonly withProvider: (provider: PaymentProvider) => PaymentProvider
  /** A loop must never end by itself. */
  readonly onFailure: (error: unknown) => void
}

/** Every service, projection and loop of the platform in one simulated process, with nothing but its ports. */
export class SimulatedReplica implements Replica {
  /** Loops whose positions tell when all is seen. */
  readonly loops: readonly string[]
  private readonly ports: PlatformPorts
  private readonly runtimes: ReadonlyMap<Context, ServiceRuntime>
  private readonly stopping = new AbortController()
  private running: Promise<void> = Promise.resolve()

  constructor(private readonly parts: ReplicaParts) {
    setMaxListeners(0, this.stopping.signal)
    this.ports = faultyPorts(parts.durable, parts.world)
    const definitions = this.services()
    const runtimes = definitions.map((definition) => new ServiceRuntime(definition, this.ports, parts.bus, parts.board))
    this.runtimes = new Map(runtimes.map((runtime) => [runtime.definition.context, runtime]))
    this.loops = [
      ...this.fed().map(({ definition }) => feedProgress(definition.context)),
      ...definitions.flatMap(({ timers }) => timers.map(timersProgress)),
    ]
  }

  start(): void {
    const { signal } = this.stopping
    this.running = Promise.all([
      runProjector(this.parts.projections, this.ports, signal),
      ...this.fed().map((runtime) => this.feed(runtime)),
      ...[...this.runtimes.values()].map((runtime) => runtime.run(signal)),
    ]).then(() => undefined)
    void this.running.catch(this.parts.onFailure)
  }

  get process() {
    return this.parts.world.process
  }

  command(context: Context, command: Command) {
    return this.runtimeOf(context).command(command)
  }

  query(context: Context, message: QueryMessage) {
    return this.runtimeOf(context).query(message)
  }

  usage(requests: readonly UsageMessage[]) {
    return this.runtimeOf('usage').usage(requests)
  }

  /** Resolves when every loop has ended. */
  async stop(): Promise<void> {
    this.stopping.abort()
    await this.running.catch(() => undefined)
  }

  private fed(): ServiceRuntime[] {
    return [...this.runtimes.values()].filter(({ consumers }) => consumers.types.length > 0)
  }

  private feed({ definition, consumers }: ServiceRuntime): Promise<void> {
    const { board, world } = this.parts
    const handle = faultyFeed((events) => consumers.handle(events), world.faults)
    const bus = { request: (_topic: string, events: unknown) => handle(events as Parameters<Consume>[0]) }
    const group = { context: definition.context, types: consumers.types }
    return runEventFeed(group, bus, { ...this.ports, board }, this.stopping.signal)
  }

  private runtimeOf(context: Context): ServiceRuntime {
    const runtime = this.runtimes.get(context)
    if (!runtime) throw new Error(`Nobody serves ${context}.`)
    return runtime
  }

  private services(): ServiceDefinition[] {
    const { bus, board, projections, webhookSender } = this.parts
    const quiescence = new PositionQuiescence(
      this.ports,
      progressOnBoard(board, () => this.loops),
      projections.map(({ name }) => name),
    )
    const ports = { ...this.ports, bus, quiescence }
    const webhookTargets = { allowPrivate: false, allowLoopback: true }
    return [
      accountsService(ports),
      subscriptionsService(ports),
      usageService(ports),
      invoicingService(ports),
      checkoutService({ ...ports, paymentProviders: [this.sandbox()] }),
      webhooksService({ ...ports, webhookTargets, webhookSender }),
    ]
  }

  /** Of this process: notifications that it has not taken when it dies are lost. */
  private sandbox(): PaymentProvider {
    const { charges, world, withProvider } = this.parts
    const { clock, sleeper } = this.ports
    const signingSecret = 'the secret of the simulated sandbox'
    return faultyProvider(withProvider(new SandboxProvider({ charges, clock, sleeper, signingSecret })), world)
  }
}
