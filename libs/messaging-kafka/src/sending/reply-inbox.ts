import type { KafkaMessage } from 'kafkajs'
import { BrokerUnavailable, type Log } from '@billstream/event-sourcing-runtime'
import { isReply, ReplyTimedOut, topics, type ReplyEnvelope } from '@billstream/messaging'
import type { KafkaConnection } from '../connection/kafka-client'
import { REPLY_PARTITIONS } from '../connection/kafka-topics'
import { LastingConsumer } from '../connection/lasting-consumer'
import { header, textOf } from '../connection/message-headers'
import { SESSION_TIMEOUT_MS } from '../consuming/group-consumer'
import type { MessageSeal } from '../sealing/message-seal'
import type { OutgoingMessages } from './outgoing-messages'
import { addressOn, ownPartition } from './own-partition'
import { ReplyParts } from './reply-parts'

const OPEN_TIMEOUT_MS = 30_000
/** Between two calls to oneself while the inbox opens, in milliseconds. */
const CALL_EVERY_MS = 50
const COMMIT_EVERY_MS = 5_000
const FETCH_WAIT_MS = 500
const CALL = 'inbox-opens'

interface Waiting {
  resolve(reply: ReplyEnvelope): void
  readonly timer: NodeJS.Timeout
}

/**
 * The replies of this process: it reads its partition of them from the end, with a group of its own, and takes those addressed
 * to it.
 * A reply that nobody waits for any more is dropped, and so are its parts.
 */
export class ReplyInbox {
  readonly address: string
  private readonly waiting = new Map<string, Waiting>()
  private readonly parts = new ReplyParts()
  private readonly groupId: string
  private lasting: LastingConsumer | undefined
  private called = false

  constructor(
    private readonly connection: KafkaConnection,
    private readonly outgoing: OutgoingMessages,
    private readonly seal: MessageSeal,
    private readonly log: Log,
  ) {
    this.address = addressOn(connection.replyLane, REPLY_PARTITIONS)
    this.groupId = connection.nameOf(`${topics.replies}.${this.address}`)
  }

  /**
   * Resolves when every reply from now on is heard: a group begins to read somewhere after it has joined, so the inbox calls
   * itself until it hears its call. Throws BrokerUnavailable after 30 s.
   */
  async open(): Promise<void> {
    const consumer = this.connection.kafka.consumer({
      groupId: this.groupId,
      // After a loss of the brokers nobody but this process is waited for.
      sessionTimeout: SESSION_TIMEOUT_MS,
      rebalanceTimeout: SESSION_TIMEOUT_MS,
      heartbeatInterval: SESSION_TIMEOUT_MS / 4,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      partitionAssigners: [ownPartition(this.address)],
      allowAutoTopicCreation: false,
      retry: { restartOnFailure: () => Promise.resolve(true) },
    })
    this.lasting = new LastingConsumer(consumer, this.log)
    await consumer.connect()
    await consumer.subscribe({ topic: this.connection.nameOf(topics.replies), fromBeginning: false })
    await this.lasting.run({
      autoCommitInterval: COMMIT_EVERY_MS,
      eachBatch: async ({ batch, resolveOffset, heartbeat }) => {
        batch.messages.forEach((message) => this.take(message))
        resolveOffset(batch.lastOffset())
        await heartbeat()
      },
    })
    await this.untilHeard()
  }

  /** The reply to a request. Throws ReplyTimedOut after `timeoutMs`. */
  expect(requestId: string, timeoutMs: number, what: string): Promise<ReplyEnvelope> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.giveUp(requestId)
        reject(new ReplyTimedOut(`${what} was not answered within ${timeoutMs} ms.`))
      }, timeoutMs)
      this.waiting.set(requestId, { resolve, timer })
    })
  }

  /** Nobody waits for it any more. */
  giveUp(requestId: string): void {
    clearTimeout(this.waiting.get(requestId)?.timer)
    this.waiting.delete(requestId)
    this.parts.forget(requestId)
  }

  /** Leaves nothing behind: the group ends with its process. */
  async close(): Promise<void> {
    for (const requestId of [...this.waiting.keys()]) this.giveUp(requestId)
    await this.lasting?.end()
    const admin = this.connection.kafka.admin()
    try {
      await admin.connect()
      await admin.deleteGroups([this.groupId])
    } catch (error) {
      this.log.info({ err: error }, 'The group of this process was left to the brokers.')
    } finally {
      await admin.disconnect().catch(() => undefined)
    }
  }

  private take(message: KafkaMessage): void {
    if (textOf(message.headers, header.to) !== this.address) return
    const requestId = textOf(message.headers, header.requestId)
    if (requestId === CALL) this.called = true
    const waiting = requestId === undefined ? undefined : this.waiting.get(requestId)
    if (!waiting || requestId === undefined) return
    const reply = this.replyOf(message, requestId)
    if (!reply) return
    this.giveUp(requestId)
    waiting.resolve(reply)
  }

  /** undefined: not yet; whoever waits may still get the real one after what is none. */
  private replyOf(message: KafkaMessage, requestId: string): ReplyEnvelope | undefined {
    try {
      const whole = this.parts.join(requestId, message)
      if (!whole) return undefined
      const body = this.seal.open(whole, { topic: topics.replies, requestId })
      if (isReply(body)) return body
      throw new TypeError('It is no reply.')
    } catch (error) {
      const { name, message: text } = error as Error
      this.log.error({ requestId, error: text }, 'A message on the topic of replies was passed over.')
      return error instanceof BrokerUnavailable ? { kind: 'failure', name, message: text } : undefined
    }
  }

  private async untilHeard(): Promise<void> {
    const until = performance.now() + OPEN_TIMEOUT_MS
    const call = { [header.to]: this.address, [header.requestId]: CALL }
    while (!this.called) {
      if (performance.now() > until)
        throw new BrokerUnavailable('The brokers did not let this process hear its replies.')
      await this.outgoing.send({ topic: topics.replies, key: this.address, value: '{}', headers: call })
      await new Promise((resolve) => setTimeout(resolve, CALL_EVERY_MS))
    }
  }
}
