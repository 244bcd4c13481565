import type { Command, CommandDescriptor, CommandReply, QueryDefinition } from '@billstream/event-sourcing-core'
import type { CommandRoute } from '@billstream/event-sourcing-runtime'
import { BrokerUnavailable } from '@billstream/event-sourcing-runtime'
import {
  KeyedQueue,
  MESSAGE_BYTES_MAX,
  MessageTooLarge,
  openReply,
  REPLY_TIMEOUT_MS,
  ReplyTimedOut,
  topics,
  type MessageBus,
  type QueryMetadata,
  type ReplyEnvelope,
  UsageGate,
  type UsageRequest,
} from '@billstream/messaging'

/** Commands and queries handled at once per topic; more wait in line. */
export const IN_FLIGHT_MAX = 256

export type TopicHandler = (message: unknown) => Promise<ReplyEnvelope>

/** The bus of one process: the same messages and the same order per aggregate as over Kafka, without a broker. */
export class InProcessBus implements MessageBus {
  readonly usageShards = 1
  private readonly handlers = new Map<string, TopicHandler>()
  private readonly queues = new Map<string, KeyedQueue>()
  private readonly usage = new UsageGate((requests) => this.request(topics.usage, requests) as Promise<unknown[]>)

  /** The strategy registers what the apps serve. */
  serve(topic: string, handler: TopicHandler): void {
    if (this.handlers.has(topic)) throw new Error(`${topic} is served already.`)
    this.handlers.set(topic, handler)
  }

  send(
    definition: Pick<CommandDescriptor, 'context' | 'category' | 'aggregateId' | 'type'>,
    command: Command,
    timeoutMs?: number,
  ): Promise<CommandReply> {
    const target = `${definition.category}-${definition.aggregateId(command.data)}`
    return this.dispatch({ context: definition.context, target }, command, timeoutMs)
  }

  async dispatch(route: CommandRoute, command: Command, timeoutMs = REPLY_TIMEOUT_MS): Promise<CommandReply> {
    const topic = topics.commands(route.context)
    const message = asSent(command)
    const handled = this.queueOf(topic).run(route.target, () => this.request(topic, message))
    return (await within(timeoutMs, handled, command.type)) as CommandReply
  }

  async ask<Data, Answer>(
    query: QueryDefinition<string, Data, Answer>,
    data: Data,
    metadata: QueryMetadata,
  ): Promise<Answer> {
    const message = asSent({ type: query.type, data, ...metadata })
    return (await within(REPLY_TIMEOUT_MS, this.request(topics.queries(query.context), message), query.type)) as Answer
  }

  async ingest<Answer>(request: UsageRequest): Promise<Answer> {
    return (await within(REPLY_TIMEOUT_MS, this.usage.add(request), 'usage')) as Answer
  }

  /** One topic, one message, its answer. */
  async request(topic: string, message: unknown): Promise<unknown> {
    const handler = this.handlers.get(topic)
    if (!handler) throw new BrokerUnavailable(`Nobody serves ${topic}.`)
    return openReply(await handler(message))
  }

  private queueOf(topic: string): KeyedQueue {
    const known = this.queues.get(topic)
    if (known) return known
    const fresh = new KeyedQueue(IN_FLIGHT_MAX)
    this.queues.set(topic, fresh)
    return fresh
  }
}

/** A message is what it would be on a wire: JSON, bounded, and shared with nobody. */
function asSent<Message>(message: Message): Message {
  const text = JSON.stringify(message)
  if (Buffer.byteLength(text) > MESSAGE_BYTES_MAX) {
    throw new MessageTooLarge(`A message may have ${MESSAGE_BYTES_MAX} bytes; this one has ${Buffer.byteLength(text)}.`)
  }
  return JSON.parse(text) as Message
}

async function within<T>(timeoutMs: number, answer: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new ReplyTimedOut(`${what} was not answered within ${timeoutMs} ms.`)), timeoutMs)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}
