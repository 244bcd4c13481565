import { randomUUID } from 'node:crypto'
import type { Command, CommandDescriptor, CommandReply, QueryDefinition } from '@billstream/event-sourcing-core'
import type { CommandRoute } from '@billstream/event-sourcing-runtime'
import {
  openReply,
  REPLY_TIMEOUT_MS,
  topics,
  type MessageBus,
  type QueryMetadata,
  type UsageRequest,
} from '@billstream/messaging'
import { header } from '../connection/message-headers'
import { SEALED_BYTES_MAX, type MessageIdentity, type MessageSeal } from '../sealing/message-seal'
import { commandReplyOf } from './command-reply'
import type { OutgoingMessage, OutgoingMessages } from './outgoing-messages'
import type { ReplyInbox } from './reply-inbox'
import { RequestGate } from './request-gate'

interface Request {
  readonly topic: string
  readonly key?: string
  readonly body: unknown
  readonly correlationId: string
  readonly timeoutMs: number
  readonly what: string
}

/**
 * Requests over Kafka: one message out, one reply back to this process. Throws BrokerUnavailable, MessageTooLarge,
 * ReplyTimedOut, ReplyTooLarge.
 */
export class KafkaBus implements MessageBus {
  private readonly gates = new Map<string, RequestGate>()

  constructor(
    private readonly outgoing: OutgoingMessages,
    private readonly inbox: ReplyInbox,
    private readonly seal: MessageSeal,
    readonly usageShards: number,
  ) {}

  send(
    definition: Pick<CommandDescriptor, 'context' | 'category' | 'aggregateId' | 'type'>,
    command: Command,
    timeoutMs?: number,
  ): Promise<CommandReply> {
    const target = `${definition.category}-${definition.aggregateId(command.data)}`
    return this.dispatch({ context: definition.context, target }, command, timeoutMs)
  }

  async dispatch(route: CommandRoute, command: Command, timeoutMs = REPLY_TIMEOUT_MS): Promise<CommandReply> {
    const reply = await this.request({
      topic: topics.commands(route.context),
      key: route.target,
      body: command,
      correlationId: command.metadata.correlationId,
      timeoutMs,
      what: command.type,
    })
    return commandReplyOf(reply)
  }

  async ask<Data, Answer>(
    query: QueryDefinition<string, Data, Answer>,
    data: Data,
    metadata: QueryMetadata,
  ): Promise<Answer> {
    const reply = await this.request({
      topic: topics.queries(query.context),
      body: { type: query.type, data, ...metadata },
      correlationId: metadata.correlationId,
      timeoutMs: REPLY_TIMEOUT_MS,
      what: query.type,
    })
    return reply as Answer
  }

  async ingest<Answer>(request: UsageRequest): Promise<Answer> {
    const reply = await this.request({
      topic: topics.usage,
      ...(request.shard !== undefined && { key: `${request.organizationId} ${request.shard}` }),
      body: request,
      correlationId: request.requestId,
      timeoutMs: REPLY_TIMEOUT_MS,
      what: 'usage',
    })
    return reply as Answer
  }

  private async request({ topic, key, body, correlationId, timeoutMs, what }: Request): Promise<unknown> {
    const requestId = randomUUID()
    const headers = {
      [header.requestId]: requestId,
      [header.replyTo]: this.inbox.address,
      [header.correlationId]: correlationId,
    }
    const message = { topic, headers, ...(key !== undefined && { key }), ...this.valueOf(body, { topic, requestId }) }
    const reply = this.inbox.expect(requestId, timeoutMs, what)
    const answer = async () => {
      const sent = this.outgoing.send(message).catch((error: unknown) => {
        this.inbox.giveUp(requestId)
        throw error
      })
      return Promise.race([sent.then(() => reply), reply])
    }
    // A request that waits for others or for the brokers is given up like one that was sent: the bound is the caller's.
    return openReply(await Promise.race([this.gateOf(topic).run(answer), reply]))
  }

  private gateOf(topic: string): RequestGate {
    const gate = this.gates.get(topic) ?? new RequestGate()
    this.gates.set(topic, gate)
    return gate
  }

  /** Usage holds no secret of the platform, and is most of what is sent: it is spared the work. */
  private valueOf(body: unknown, identity: MessageIdentity): Pick<OutgoingMessage, 'value' | 'bytesMax'> {
    if (identity.topic === topics.usage) return { value: JSON.stringify(body) }
    return { value: this.seal.seal(body, identity), bytesMax: SEALED_BYTES_MAX }
  }
}
