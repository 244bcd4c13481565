import type { Static, TSchema } from '@sinclair/typebox'
import type { Command, CommandMetadata } from './message'

export const CONTEXTS = ['accounts', 'checkout', 'subscriptions', 'usage', 'invoicing', 'wallets', 'webhooks'] as const
export type Context = (typeof CONTEXTS)[number]

/** What the runtime needs to know of a command type. */
export interface CommandDescriptor {
  readonly type: string
  /** The context that owns the aggregate. */
  readonly context: Context
  /** Category of the stream. */
  readonly category: string
  readonly schema: TSchema
  /** Its aggregate is hardly ever there before: that is found out by the append, and not by a read. */
  readonly creates?: boolean
  /** The aggregate's id; the bus keys by it, so one partition serialises an aggregate. */
  aggregateId(data: unknown): string
}

/** A declared command; calling it makes the message. */
export interface CommandDefinition<
  Type extends string = string,
  Schema extends TSchema = TSchema,
> extends CommandDescriptor {
  readonly type: Type
  readonly schema: Schema
  (data: Static<Schema>, metadata: CommandMetadata): Command<Type, Static<Schema>>
}

/** Declares a command: its owner, its aggregate and its JSON Schema; calling the definition makes the message. */
export function defineCommand<Type extends string, Schema extends TSchema>(
  type: Type,
  target: { context: Context; category: string; creates?: boolean; aggregateId(data: Static<Schema>): string },
  schema: Schema,
): CommandDefinition<Type, Schema> {
  const build = (data: Static<Schema>, metadata: CommandMetadata): Command<Type, Static<Schema>> => ({
    type,
    data,
    metadata,
  })
  return Object.assign(build, { type, schema, ...target, aggregateId: target.aggregateId })
}

export type CommandOf<Definition> =
  Definition extends CommandDefinition<infer Type, infer Schema> ? Command<Type, Static<Schema>> : never

/** What a process wants done: the runtime adds the metadata and an id derived from the process and its event. */
export interface WantedCommand {
  readonly definition: CommandDescriptor
  readonly data: unknown
}

export function want<Type extends string, Schema extends TSchema>(
  definition: CommandDefinition<Type, Schema>,
  data: Static<Schema>,
): WantedCommand {
  return { definition, data }
}
