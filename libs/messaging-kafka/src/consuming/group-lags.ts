import type { Admin } from 'kafkajs'
import type { Context } from '@billstream/event-sourcing-core'
import { topics } from '@billstream/messaging'
import { AdminClient } from '../connection/admin-client'
import type { KafkaConnection } from '../connection/kafka-client'
import { eventGroup } from '../kafka.strategy'

/** How far the consumers of a context are behind the ends of what they read. */
export interface GroupLag {
  readonly context: Context
  /** Messages, also of types that the group passes over. */
  readonly events: number
  /** How long ago at least a look has seen a message that is not done yet; 0: none. */
  readonly seconds: number
}

type Offsets = ReadonlyMap<string, bigint>

/** What a partition holds. */
interface Range {
  readonly partition: number
  readonly low: bigint
  readonly high: bigint
}

interface Behind {
  readonly sinceMs: number
  /** The ends of that look, by topic and partition. */
  readonly ends: Offsets
}

/** Lags of consumer groups as the brokers know them, also of groups in which nobody is. For one caller at a time. */
export class GroupLags {
  private readonly admin: AdminClient
  private readonly behind = new Map<Context, Behind>()

  constructor(
    private readonly connection: KafkaConnection,
    private readonly listensTo: ReadonlyMap<Context, readonly Context[]>,
  ) {
    this.admin = new AdminClient(connection.kafka)
  }

  /** Throws what the brokers answer. */
  async read(): Promise<GroupLag[]> {
    const admin = await this.admin.connected()
    const names = [...new Set([...this.listensTo.values()].flat())].map((context) => this.topicOf(context))
    const ranges = new Map(await Promise.all(names.map(async (topic) => [topic, await rangeOf(admin, topic)] as const)))
    const readers = [...this.listensTo].map(([reader, from]) =>
      this.lagOf(
        reader,
        from.map((context) => this.topicOf(context)),
        { admin, ranges },
      ),
    )
    return Promise.all(readers)
  }

  async close(): Promise<void> {
    await this.admin.close()
  }

  private topicOf(context: Context): string {
    return this.connection.nameOf(topics.events(context))
  }

  private async lagOf(
    context: Context,
    names: string[],
    { admin, ranges }: { readonly admin: Admin; readonly ranges: ReadonlyMap<string, readonly Range[]> },
  ): Promise<GroupLag> {
    const groupId = this.connection.nameOf(eventGroup(context))
    const offsets = await admin.fetchOffsets({ groupId, topics: names })
    const stored = new Map(
      offsets.flatMap(({ topic, partitions }) =>
        partitions.map(({ partition, offset }) => [placeOf(topic, partition), BigInt(offset)] as const),
      ),
    )
    const [ends, done] = [new Map<string, bigint>(), new Map<string, bigint>()]
    for (const topic of names) {
      for (const { partition, low, high } of ranges.get(topic) ?? []) {
        const committed = stored.get(placeOf(topic, partition)) ?? -1n
        ends.set(placeOf(topic, partition), high)
        // Before the first commit, and after messages were too old to be kept, reading begins at what is there.
        done.set(placeOf(topic, partition), committed < low ? low : committed)
      }
    }
    return { context, events: distance(done, ends), seconds: this.secondsBehind(context, done, ends) }
  }

  private secondsBehind(context: Context, done: Offsets, ends: Offsets): number {
    const nowMs = performance.now()
    const known = this.behind.get(context)
    if (known && distance(done, known.ends) > 0) return (nowMs - known.sinceMs) / 1_000
    if (distance(done, ends) > 0) this.behind.set(context, { sinceMs: nowMs, ends })
    else this.behind.delete(context)
    return 0
  }
}

async function rangeOf(admin: Admin, topic: string): Promise<Range[]> {
  const partitions = await admin.fetchTopicOffsets(topic)
  return partitions.map(({ partition, low, high }) => ({ partition, low: BigInt(low), high: BigInt(high) }))
}

function placeOf(topic: string, partition: number): string {
  return `${topic} ${partition}`
}

function distance(done: Offsets, ends: Offsets): number {
  return [...ends].reduce((sum, [place, end]) => {
    const at = done.get(place) ?? 0n
    return at < end ? sum + Number(end - at) : sum
  }, 0)
}
