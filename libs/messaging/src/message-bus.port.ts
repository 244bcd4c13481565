import type {
  Command,
  CommandReply,
  CommandDescriptor,
  CommandMetadata,
  QueryDefinition,
  RecordedEvent,
} from '@billstream/event-sourcing-core'
import type { CommandDispatch } from '@billstream/event-sourcing-runtime'

/** Usage on its way to the log. */
export interface UsageRequest {
  readonly requestId: string
  readonly organizationId: string
  /** Requests of one organization and shard stay together; 0 to `usageShards` - 1. */
  readonly shard?: number
  readonly payload: unknown
}

/** Sending side: what an app knows of the bus. Throws BrokerUnavailable, ReplyTimedOut after `timeoutMs`, and ReplyTooLarge. */
export interface MessageBus extends CommandDispatch {
  /** Keyed by aggregate: commands of one aggregate are handled in the order sent. */
  send(
    definition: Pick<CommandDescriptor, 'context' | 'category' | 'aggregateId' | 'type'>,
    command: Command,
    timeoutMs?: number,
  ): Promise<CommandReply>
  ask<Data, Answer>(query: QueryDefinition<string, Data, Answer>, data: Data, metadata: QueryMetadata): Promise<Answer>
  ingest<Answer>(request: UsageRequest): Promise<Answer>
  /** Into so many requests the usage of one caller is split by customer, so that replicas meet on few rows; 1: not at all. */
  readonly usageShards: number
}

export type QueryMetadata = Pick<CommandMetadata, 'organizationId' | 'correlationId' | 'now' | 'clockId'>

/** Largest message, in bytes; beyond it the sender is refused with MessageTooLarge. */
export const MESSAGE_BYTES_MAX = 1_000_000
/** Of an event as it is published: an append of the greatest size in its envelope, and what a newer version of its type adds. */
export const EVENT_BYTES_MAX = 1_500_000
/** Default bound of a request, in milliseconds. */
export const REPLY_TIMEOUT_MS = 10_000

/** Largest reply where it travels in several messages, in bytes; beyond it whoever asked gets ReplyTooLarge at once. */
export const REPLY_BYTES_MAX = 64_000_000

export class ReplyTimedOut extends Error {
  override readonly name = 'ReplyTimedOut'
}

export class MessageTooLarge extends Error {
  override readonly name = 'MessageTooLarge'
}

export class ReplyTooLarge extends Error {
  override readonly name = 'ReplyTooLarge'
}

/** Receiving side: what a transport strategy offers to the apps' message handlers. */
export type CommandHandler = (
  command: Command,
  target: { category: string; aggregateId: string },
) => Promise<CommandReply>
export type QueryHandler = (type: string, data: unknown, metadata: QueryMetadata) => Promise<unknown>
/** Gets batches in order per key (stream); throws: the batch is repeated. */
export type EventConsumer = (events: readonly RecordedEvent[]) => Promise<void>
export type UsageHandler = (requests: readonly UsageRequest[]) => Promise<readonly unknown[]>
