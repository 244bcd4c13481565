import { createHash } from 'node:crypto'
import type { RecordedEvent } from '@billstream/event-sourcing-core'
import {
  isInfrastructureFailure,
  type Log,
  type PlatformPorts,
  type ProcessCommit,
} from '@billstream/event-sourcing-runtime'
import { allProjections } from '@billstream/hosting'
import type { Instant } from '@billstream/kernel'
import { SeededRandom } from '../chance/seeded-random'
import { Cast } from '../client/cast'
import { Ledger } from '../client/ledger'
import type { Stage } from '../client/perform'
import { SimulatedClient } from '../client/simulated-client'
import type { FaultRates } from '../faults/fault-rates'
import { Faults } from '../faults/faults'
import type { ObservedWorld } from '../invariants/observed-world'
import { WebhookReceivers } from '../network/webhook-receivers'
import { Stillness } from '../run/stillness'
import type { Story } from '../story/story'
import { VirtualTime } from '../time/virtual-time'
import { Cluster } from './cluster'
import { createDurableWorld, type DurableWorld } from './durable-world'
import type { Mutations } from './mutations'

const START: Instant = '2026-01-14T09:30:00.000Z'
const CHARGES_MAX = 10_000

export interface SimulationOptions {
  readonly rates: FaultRates
  readonly replicas: number
  readonly mutations?: Mutations
}

/** One world: the platform's replicas, the clients of a story, and everything that can be seen of them. */
export class SimulatedWorld {
  readonly time: VirtualTime
  readonly faults: Faults
  readonly cast: Cast
  readonly ledger = new Ledger()
  readonly stillness: Stillness
  private readonly durable: DurableWorld
  private readonly cluster: Cluster
  private readonly client: SimulatedClient
  private readonly receivers: WebhookReceivers
  private readonly events: RecordedEvent[] = []
  private readonly commits: ProcessCommit[] = []
  private readonly errors: string[] = []

  constructor(
    readonly story: Story,
    { rates, replicas, mutations = {} }: SimulationOptions,
  ) {
    const random = new SeededRandom(`world ${story.seed}`)
    this.time = new VirtualTime(START, random.fork('time'))
    this.faults = new Faults(rates, random.fork('faults'))
    this.cast = new Cast(story, START)
    this.receivers = new WebhookReceivers(this.time, random.fork('receivers'))
    this.durable = createDurableWorld(this.time, random, this.log())
    const ports = mutations.ports?.(this.durable.ports) ?? this.durable.ports
    this.cluster = new Cluster(
      {
        ...{ time: this.time, faults: this.faults, receivers: this.receivers, durable: this.durable },
        random: random.fork('cluster'),
        ports: { ...ports, processes: this.spyOnCommits(ports) },
        projections: allProjections,
        withProvider: (provider) => mutations.provider?.(provider) ?? provider,
        onFailure: (error) => void this.errors.push(`A loop ended: ${textOf(error)}`),
      },
      replicas,
    )
    const bus = this.cluster.network.busOf()
    this.client = new SimulatedClient(bus, this.time, this.ledger, this.cast.organizationId)
    this.stillness = new Stillness({
      ...{ ports: this.durable.ports, board: this.cluster.board, network: this.cluster.network, time: this.time },
      loops: () => this.cluster.loops,
      projections: allProjections.map(({ name }) => name),
    })
  }

  /** What clients act on. planned: real time by the story. */
  stage(planned: Instant): Stage {
    return { client: this.client, cast: this.cast, planned, views: this.durable.ports.views, ledger: this.ledger }
  }

  get ports(): PlatformPorts {
    return this.durable.ports
  }

  /** As it stands; to be asked while nothing happens. */
  async observe(): Promise<ObservedWorld> {
    const seen = this.events.length
    await this.readOn()
    return {
      fresh: this.events.slice(seen),
      ...{ cast: this.cast, ledger: this.ledger, ports: this.durable.ports, projections: allProjections },
      events: this.events,
      charges: await this.durable.charges.list(this.cast.organizationId, CHARGES_MAX),
      received: this.receivers.received,
      commits: this.commits,
      errors: this.errors,
    }
  }

  /** Of everything that was recorded: the same seed gives the same one. */
  async historyHash(): Promise<string> {
    await this.readOn()
    const hash = createHash('sha256')
    for (const event of this.events) hash.update(JSON.stringify({ ...event, position: String(event.position) }))
    return hash.digest('hex')
  }

  stop(): Promise<void> {
    return this.cluster.stop()
  }

  private async readOn(): Promise<void> {
    const head = await this.durable.clearStore.head()
    const last = this.events.at(-1)?.position ?? 0n
    if (head <= last) return
    for await (const batch of this.durable.clearStore.subscribe(last)) {
      this.events.push(...batch.events)
      if (batch.reached >= head) return
    }
  }

  private spyOnCommits({ processes }: PlatformPorts): PlatformPorts['processes'] {
    const commit: PlatformPorts['processes']['commit'] = async (wanted) => {
      const isWritten = await processes.commit(wanted)
      if (isWritten) this.commits.push(wanted)
      return isWritten
    }
    return new Proxy(processes, {
      get: (target, key) => (key === 'commit' ? commit : bound(target, key)),
    })
  }

  private log(): Log {
    return {
      info: () => undefined,
      warn: () => undefined,
      error: (fields, message) => {
        // What is out of reach is logged and tried again; the rest must not be.
        if (!isInfrastructureFailure(fields['err'])) this.errors.push(`${message} ${textOf(fields['err'] ?? fields)}`)
      },
    }
  }
}

function bound(target: object, key: PropertyKey): unknown {
  const member: unknown = Reflect.get(target, key)
  return typeof member === 'function' ? (member.bind(target) as unknown) : member
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : JSON.stringify(error)
}
