import type { Admin } from 'kafkajs'
import type { Context, Position } from '@billstream/event-sourcing-core'
import { wantPositions, type LoopProgress, type PlatformPorts } from '@billstream/event-sourcing-runtime'
import { topics } from '@billstream/messaging'
import { AdminClient } from '../connection/admin-client'
import type { KafkaConnection } from '../connection/kafka-client'
import { eventGroup } from '../kafka.strategy'
import { RELAY } from './event-relay'

/** Between two looks, in milliseconds. */
const LOOK_MS = 10
/** A ring may be lost, and lasts two seconds: it is repeated, in milliseconds. */
const RING_EVERY_MS = 500

export interface LoopsOfServices {
  /** Who reads the events of whom. */
  readonly listensTo: ReadonlyMap<Context, readonly Context[]>
  /** Names of all sets of timer rules. */
  readonly timerRules: readonly string[]
}

type LoopPorts = Pick<PlatformPorts, 'checkpoints' | 'timers' | 'bells' | 'sleeper'>

/**
 * Where the loops of all processes stand, read from what they store themselves: the relay's position, the positions of timer
 * rules, the committed offsets of the groups. While somebody waits, all of them store at once.
 */
export class LoopsOverKafka implements LoopProgress {
  private readonly admin: AdminClient

  constructor(
    private readonly connection: KafkaConnection,
    private readonly ports: LoopPorts,
    private readonly loops: LoopsOfServices,
  ) {
    this.admin = new AdminClient(connection.kafka)
  }

  async close(): Promise<void> {
    await this.admin.close()
  }

  async passed(position: Position, signal: AbortSignal): Promise<void> {
    await this.until(() => this.haveStored(position), signal)
    if (signal.aborted) return
    // Few processes ever wait.
    const admin = await this.admin.connected()
    // Everything up to the position is in the topics: whoever has read up to their ends has passed it.
    const ends = await this.endsOfTopics(admin)
    await this.until(() => this.haveRead(admin, ends), signal)
  }

  private async until(isSo: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
    let rungAt = Number.NEGATIVE_INFINITY
    while (!signal.aborted) {
      if (performance.now() - rungAt >= RING_EVERY_MS) {
        wantPositions(this.ports.bells)
        rungAt = performance.now()
      }
      if (await isSo()) return
      await this.ports.sleeper.sleep(LOOK_MS, signal)
    }
  }

  private topicOf(context: Context): string {
    return this.connection.nameOf(topics.events(context))
  }

  private async haveStored(position: Position): Promise<boolean> {
    const rules = this.loops.timerRules.map((name) => this.ports.timers.checkpoint(name))
    const stored = await Promise.all([this.ports.checkpoints.load(RELAY), ...rules])
    return stored.every((reached) => reached >= position)
  }

  private async endsOfTopics(admin: Admin): Promise<Ends> {
    const read = new Set([...this.loops.listensTo.values()].flat())
    const ends = [...read].map(async (context): Promise<[Context, bigint[]]> => {
      const partitions = await admin.fetchTopicOffsets(this.topicOf(context))
      // A partition that is empty, or whose messages are too old to be kept, has nothing to be read.
      const filled = partitions.filter(({ low, high }) => low !== high)
      return [context, byPartition(filled.map(({ partition, high }) => [partition, BigInt(high)]))]
    })
    return new Map(await Promise.all(ends))
  }

  private async haveRead(admin: Admin, ends: Ends): Promise<boolean> {
    const groups = [...this.loops.listensTo].map(async ([reader, from]) => {
      const asked = from.map((context) => this.topicOf(context))
      const offsets = await admin.fetchOffsets({
        groupId: this.connection.nameOf(eventGroup(reader)),
        topics: asked,
      })
      return from.every((context) => {
        const partitions = offsets.find(({ topic }) => topic === this.topicOf(context))?.partitions ?? []
        // -1: nothing was committed yet.
        const committed = byPartition(partitions.map(({ partition, offset }) => [partition, BigInt(offset)]))
        return (ends.get(context) ?? []).every((end, partition) => (committed[partition] ?? -1n) >= end)
      })
    })
    return (await Promise.all(groups)).every(Boolean)
  }
}

type Ends = ReadonlyMap<Context, readonly bigint[]>

/** Sparse: `every` passes over partitions that are not there. */
function byPartition(offsets: readonly (readonly [number, bigint])[]): bigint[] {
  const found: bigint[] = []
  for (const [partition, offset] of offsets) found[partition] = offset
  return found
}
