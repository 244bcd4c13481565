import type { Consumer, EachBatchPayload, KafkaMessage } from 'kafkajs'
import type { Log } from '@billstream/event-sourcing-runtime'
import type { KafkaConnection } from '../connection/kafka-client'
import { LastingConsumer } from '../connection/lasting-consumer'
import { Assignment, type Place } from './assignment'
import { drainingAssigner } from './drain-before-join'

/** Messages taken from the brokers and not finished, per consumer; beyond it nothing more is taken. */
const UNFINISHED_MAX = 1_024
/** The same in bytes of their values, since one may be near the bound of a message; another is taken while there are fewer. */
const UNFINISHED_BYTES_MAX = 32_000_000
/** How long a rebalance or a stop waits for what has begun, in milliseconds; what ends later comes again elsewhere. */
const DRAIN_TIMEOUT_MS = 10_000
/** How often the offsets of what is done are committed, in milliseconds. */
const COMMIT_EVERY_MS = 500
/** Brokers allow no less; the partitions of a process that died are another's after this, in milliseconds. */
export const SESSION_TIMEOUT_MS = 6_000
const REBALANCE_TIMEOUT_MS = 30_000
const HEARTBEAT_EVERY_MS = 1_000
/** The brokers answer a fetch at once when there is something; without, they hold it so long, in milliseconds. */
const FETCH_WAIT_MS = 500
const FETCH_BYTES_MAX = 4_000_000

/** A message of the group, to be finished exactly once by one of the two. */
export interface Taken {
  /** As `@billstream/messaging` names it. */
  readonly topic: string
  /** As the brokers name it. */
  readonly group: string
  readonly place: Place
  readonly offset: bigint
  readonly message: KafkaMessage
  /** Aborted: the partition may be somebody else's now; begin nothing any more. */
  readonly ended: AbortSignal
  /** It will not come again. */
  done(): void
  /** It was not handled, and comes again to whoever has the partition. */
  dropped(): void
}

export interface GroupConsumerOptions {
  readonly groupId: string
  readonly topics: readonly string[]
  /** Gets messages in order per partition, without waiting for the ones before. */
  readonly take: (taken: Taken) => void
  /** The group was dealt anew: what was remembered of the partitions may be old. */
  readonly dealt?: () => void
}

/**
 * A member of a consumer group that works on many messages at once: fetching goes on while messages are handled, offsets are
 * committed on an interval and only up to the first unfinished one, and before the group is dealt anew what has begun is
 * finished and committed.
 */
export class GroupConsumer {
  private assignment = new Assignment()
  private readonly consumer: Consumer
  private readonly lasting: LastingConsumer
  private committing: Promise<void> | undefined
  private timer: NodeJS.Timeout | undefined
  private joined = false

  constructor(
    private readonly connection: KafkaConnection,
    private readonly options: GroupConsumerOptions,
    private readonly log: Log,
  ) {
    this.consumer = connection.kafka.consumer({
      groupId: connection.nameOf(options.groupId),
      sessionTimeout: SESSION_TIMEOUT_MS,
      rebalanceTimeout: REBALANCE_TIMEOUT_MS,
      heartbeatInterval: HEARTBEAT_EVERY_MS,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      maxBytes: FETCH_BYTES_MAX,
      allowAutoTopicCreation: false,
      partitionAssigners: [drainingAssigner(() => this.endAssignment())],
      retry: { restartOnFailure: () => Promise.resolve(true) },
    })
    this.lasting = new LastingConsumer(this.consumer, log)
    this.consumer.on(this.consumer.events.GROUP_JOIN, () => this.begin())
    this.consumer.on(this.consumer.events.CRASH, () => (this.joined = false))
  }

  /** Whether this process is a member of its group now. */
  get isMember(): boolean {
    return this.joined
  }

  /** Resolves when the group is joined. Throws what the brokers answer. */
  async start(): Promise<void> {
    await this.consumer.connect()
    await this.consumer.subscribe({
      topics: this.options.topics.map((topic) => this.connection.nameOf(topic)),
      fromBeginning: true,
    })
    const joined = new Promise<void>((resolve) => this.consumer.on(this.consumer.events.GROUP_JOIN, () => resolve()))
    await this.lasting.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: (payload) => this.takeBatch(payload),
    })
    await joined
    this.timer = setInterval(() => void this.commit(), COMMIT_EVERY_MS)
  }

  /** Commits what is done now. Never throws: what is not committed comes again. */
  async commit(): Promise<void> {
    this.committing ??= this.commitOf(this.assignment).finally(() => (this.committing = undefined))
    await this.committing
  }

  /** Finishes what has begun, commits, leaves the group. */
  async stop(): Promise<void> {
    clearInterval(this.timer)
    await this.endAssignment()
    this.joined = false
    await this.lasting.end()
  }

  private begin(): void {
    this.joined = true
    this.assignment = new Assignment()
    this.options.dealt?.()
  }

  private async takeBatch({ batch, heartbeat, resolveOffset, isRunning, isStale }: EachBatchPayload): Promise<void> {
    const { assignment } = this
    const [topic, group] = [this.connection.topicOf(batch.topic), this.connection.nameOf(this.options.groupId)]
    const place = { topic: batch.topic, partition: batch.partition }
    for (const message of batch.messages) {
      while (isFull(assignment) && !assignment.ended.aborted) {
        await Promise.race([assignment.change(), this.nextHeartbeat()])
        await heartbeat()
      }
      if (assignment.ended.aborted || !isRunning() || isStale()) return
      const offset = BigInt(message.offset)
      const finish = assignment.take(place, offset, message.value?.length ?? 0)
      this.options.take({ topic, group, place, offset, message, ended: assignment.ended, ...finish })
      resolveOffset(message.offset)
    }
    await heartbeat()
  }

  private nextHeartbeat(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, HEARTBEAT_EVERY_MS))
  }

  private async endAssignment(): Promise<void> {
    const { assignment } = this
    if (assignment.ended.aborted) return
    assignment.end()
    const until = performance.now() + DRAIN_TIMEOUT_MS
    while (assignment.unfinished > 0 && performance.now() < until) {
      await Promise.race([assignment.change(), this.nextHeartbeat()])
    }
    await this.committing
    await this.commitOf(assignment)
  }

  private async commitOf(assignment: Assignment): Promise<void> {
    const offsets = assignment.toCommit()
    if (offsets.length === 0) return
    try {
      await this.consumer.commitOffsets(offsets.map((each) => ({ ...each, offset: String(each.offset) })))
      assignment.wereCommitted(offsets)
    } catch (error) {
      // The group was dealt anew, or the brokers are away: what was done is recognised when it comes again.
      this.log.info({ err: error, group: this.options.groupId }, 'Offsets could not be committed.')
    }
  }
}

function isFull({ unfinished, unfinishedBytes }: Assignment): boolean {
  return unfinished >= UNFINISHED_MAX || unfinishedBytes >= UNFINISHED_BYTES_MAX
}
