import { context, propagation } from '@opentelemetry/api'
import { Partitioners, type IHeaders, type Message, type Producer, type TopicMessages } from 'kafkajs'
import { BrokerUnavailable, type Log } from '@billstream/event-sourcing-runtime'
import { MESSAGE_BYTES_MAX, MessageTooLarge } from '@billstream/messaging'
import type { KafkaConnection } from '../connection/kafka-client'

/** Keys, values and headers of messages that wait for the broker, in bytes; beyond it a sender is refused at once. */
const WAITING_BYTES_MAX = 64_000_000
/** Of one produce request, in bytes: all of it may go to one partition, whose batch the broker bounds. */
const PRODUCE_BYTES_MAX = MESSAGE_BYTES_MAX
const PRODUCE_TIMEOUT_MS = 5_000
const ACKS_FROM_ALL = -1

/** A message on its way out. The key decides the partition; without one they are spread. */
export interface OutgoingMessage {
  readonly topic: string
  readonly key?: string | Buffer
  readonly value: string | Buffer
  readonly headers: Readonly<IHeaders>
  /** Of the value; MESSAGE_BYTES_MAX unless it is given. */
  readonly bytesMax?: number
}

interface Waiting {
  readonly message: OutgoingMessage
  readonly bytes: number
  resolve(): void
  reject(error: Error): void
}

/**
 * Sends what one turn of the event loop, or the time of the request before, has collected in one produce request, in the order
 * given, acknowledged by all replicas. One request is in flight: so a key stays in order, and load makes batches by itself.
 * When a request fails, everything that waits fails with it: nothing may overtake what was lost.
 */
export class OutgoingMessages {
  private waiting: Waiting[] = []
  private waitingBytes = 0
  private sending: Promise<void> | undefined
  private producer: Producer | undefined

  constructor(
    private readonly connection: KafkaConnection,
    private readonly log: Log,
  ) {}

  /** Bytes that wait for the brokers. */
  get unsentBytes(): number {
    return this.waitingBytes
  }

  /** Connects. Throws BrokerUnavailable. */
  async open(): Promise<void> {
    await this.connected()
  }

  /**
   * Resolves when the brokers have it on disk. Throws MessageTooLarge (nothing is sent), BrokerUnavailable (it may have been
   * written all the same).
   */
  async send(message: OutgoingMessage): Promise<void> {
    const { value, bytesMax = MESSAGE_BYTES_MAX } = message
    const valueBytes = Buffer.byteLength(value)
    if (valueBytes > bytesMax) {
      throw new MessageTooLarge(`A message may have ${bytesMax} bytes; this one has ${valueBytes}.`)
    }
    const traced = { ...message, headers: withTrace(message.headers) }
    const bytes = valueBytes + besideValue(traced)
    if (this.waitingBytes + bytes > WAITING_BYTES_MAX) {
      throw new BrokerUnavailable(`${this.waitingBytes} bytes wait for the brokers already.`)
    }
    const sent = new Promise<void>((resolve, reject) => {
      this.waiting.push({ message: traced, bytes, resolve, reject })
    })
    this.waitingBytes += bytes
    this.sending ??= this.sendAll()
    return sent
  }

  /** Sends what waits, then disconnects. */
  async close(): Promise<void> {
    await this.sending
    await this.producer?.disconnect()
    this.producer = undefined
  }

  private async sendAll(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
    while (this.waiting.length > 0) {
      const batch = this.takeBatch()
      try {
        const producer = await this.connected()
        await producer.sendBatch({
          acks: ACKS_FROM_ALL,
          timeout: PRODUCE_TIMEOUT_MS,
          topicMessages: this.byTopic(batch),
        })
        batch.forEach(({ resolve }) => resolve())
      } catch (error) {
        await this.fail(batch, error)
      }
    }
    this.sending = undefined
  }

  private takeBatch(): Waiting[] {
    let [count, bytes] = [0, 0]
    for (const { bytes: more } of this.waiting) {
      if (count > 0 && bytes + more > PRODUCE_BYTES_MAX) break
      count += 1
      bytes += more
    }
    this.waitingBytes -= bytes
    return this.waiting.splice(0, count)
  }

  /** A fresh producer has a fresh identity: what the old one left half done cannot be taken for a repeat of the new one. */
  private async fail(batch: readonly Waiting[], error: unknown): Promise<void> {
    const lost = [...batch, ...this.waiting]
    this.waiting = []
    this.waitingBytes = 0
    const old = this.producer
    this.producer = undefined
    this.log.warn({ err: error, messages: lost.length }, 'Messages could not be sent.')
    const unavailable = new BrokerUnavailable(error instanceof Error ? error.message : String(error))
    lost.forEach(({ reject }) => reject(unavailable))
    await old?.disconnect().catch(() => undefined)
  }

  private byTopic(batch: readonly Waiting[]): TopicMessages[] {
    const groups = new Map<string, Message[]>()
    for (const { message } of batch) {
      const { topic, key, value, headers } = message
      const messages = groups.get(topic) ?? []
      groups.set(topic, messages)
      messages.push({ value, headers: { ...headers }, ...(key !== undefined && { key }) })
    }
    return [...groups].map(([topic, messages]) => ({ topic: this.connection.nameOf(topic), messages }))
  }

  private async connected(): Promise<Producer> {
    if (this.producer) return this.producer
    const fresh = this.connection.kafka.producer({
      createPartitioner: Partitioners.DefaultPartitioner,
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
    })
    try {
      await fresh.connect()
    } catch (error) {
      throw new BrokerUnavailable(error instanceof Error ? error.message : String(error))
    }
    this.producer = fresh
    return fresh
  }
}

/** Bytes of key and headers. */
function besideValue({ key = '', headers }: OutgoingMessage): number {
  let bytes = Buffer.byteLength(key)
  for (const [name, values] of Object.entries(headers)) {
    for (const value of [values ?? []].flat()) bytes += Buffer.byteLength(name) + Buffer.byteLength(value)
  }
  return bytes
}

function withTrace(headers: Readonly<IHeaders>): IHeaders {
  const carrier = { ...headers }
  propagation.inject(context.active(), carrier)
  return carrier
}
