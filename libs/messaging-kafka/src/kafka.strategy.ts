import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices'
import type { Context } from '@billstream/event-sourcing-core'
import { PositionsWanted, type Bells, type Log } from '@billstream/event-sourcing-runtime'
import type { Clock } from '@billstream/kernel'
import { topics, type UsageRequest } from '@billstream/messaging'
import type { KafkaConnection } from './connection/kafka-client'
import { EventServer } from './consuming/event-server'
import { GroupConsumer, type GroupConsumerOptions } from './consuming/group-consumer'
import { answerOf } from './consuming/handler-answer'
import { RequestServer, type RequestServerParts } from './consuming/request-server'
import { UnreadableMessages } from './consuming/unreadable-messages'
import { UsageServer } from './consuming/usage-server'
import type { MessageSeal } from './sealing/message-seal'
import { wiredCommandReply } from './sending/command-reply'
import type { OutgoingMessages } from './sending/outgoing-messages'
import { ReplySender } from './sending/reply-sender'

/** What the consumers of a context read. */
export interface Feed {
  readonly group: Context
  /** Contexts whose events they read. */
  readonly from: readonly Context[]
  /** Event types that they react to. */
  readonly types: readonly string[]
  /** The group was dealt anew: what was remembered of dead letters may be old. */
  readonly dealt: () => void
}

export interface KafkaStrategyParts {
  readonly connection: KafkaConnection
  readonly outgoing: OutgoingMessages
  readonly seal: MessageSeal
  readonly feeds: readonly Feed[]
  readonly bells: Bells
  readonly clock: Clock
  readonly log: Log
}

/** Name of the consumer group that reads events for a context. */
export function eventGroup(reader: Context): string {
  return topics.feed(reader)
}

/** Kafka as a Nest microservice strategy: each message pattern of the apps is a topic with a consumer group of its own. */
export class KafkaStrategy extends Server implements CustomTransportStrategy {
  private readonly consumers: GroupConsumer[] = []
  private readonly unreadable: UnreadableMessages
  private readonly replies: ReplySender
  private readonly wanted: PositionsWanted

  constructor(private readonly parts: KafkaStrategyParts) {
    super()
    this.unreadable = new UnreadableMessages(parts.outgoing, parts.log)
    this.replies = new ReplySender(parts.outgoing, parts.seal, parts.log)
    this.wanted = new PositionsWanted(parts.bells, parts.clock, () => void this.commit())
  }

  /** Whether every group of this process is joined. */
  get isReady(): boolean {
    return this.consumers.length > 0 && this.consumers.every(({ isMember }) => isMember)
  }

  listen(callback: (error?: unknown) => void): void {
    for (const [pattern, handler] of this.messageHandlers) {
      const options = this.optionsOf(pattern, handler)
      if (options.topics.length > 0) this.consumers.push(this.consumerOf(pattern, options))
    }
    Promise.all(this.consumers.map((consumer) => consumer.start())).then(() => callback(), callback)
  }

  async close(): Promise<void> {
    this.wanted.close()
    await Promise.all(this.consumers.map((consumer) => consumer.stop()))
  }

  on(): never {
    throw new Error('The Kafka transport has no connection events.')
  }

  unwrap<T>(): T {
    return this.parts.connection.kafka as T
  }

  private async commit(): Promise<void> {
    await Promise.all(this.consumers.map((consumer) => consumer.commit()))
  }

  private consumerOf(pattern: string, options: Omit<GroupConsumerOptions, 'groupId'>): GroupConsumer {
    const { connection, log } = this.parts
    return new GroupConsumer(connection, { groupId: pattern, ...options }, log)
  }

  private optionsOf(pattern: string, handler: MessageHandler): Omit<GroupConsumerOptions, 'groupId'> {
    const { seal, feeds } = this.parts
    const { unreadable, replies } = this
    const feed = feeds.find(({ group }) => eventGroup(group) === pattern)
    if (feed) return this.eventsOf(feed, handler)
    if (pattern === topics.usage) {
      const handle = (requests: readonly UsageRequest[]) => answerOf(handler, requests)
      const server = new UsageServer({ replies, unreadable, handle })
      return { topics: [pattern], take: (taken) => server.take(taken) }
    }
    const isOfCommands = pattern.startsWith(topics.commands('' as Context))
    const handle: RequestServerParts['handle'] = async (body, headers) => {
      const reply = await answerOf(handler, body, headers)
      return isOfCommands ? wiredCommandReply(reply) : reply
    }
    const server = new RequestServer({ seal, replies, unreadable, handle })
    return { topics: [pattern], take: (taken) => server.take(taken) }
  }

  private eventsOf({ from, types, dealt }: Feed, handler: MessageHandler): Omit<GroupConsumerOptions, 'groupId'> {
    const server = new EventServer({
      unreadable: this.unreadable,
      types: new Set(types.map((type) => `billstream.${type}`)),
      handle: (events) => answerOf(handler, events),
      handled: () => {
        if (this.wanted.isNow()) void this.commit()
      },
      log: this.parts.log,
    })
    return { topics: from.map((context) => topics.events(context)), take: (taken) => server.take(taken), dealt }
  }
}
