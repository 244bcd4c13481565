import type {
  Command,
  Context,
  Decider,
  DomainEvent,
  ProcessDefinition,
  Projection,
  QueryDefinition,
  RecordedEvent,
  TimerRules,
  ViewDefinition,
  ViewRow,
} from '@billstream/event-sourcing-core'
import type { Instant, Result } from '@billstream/kernel'
import type { FindOptions } from '../ports/views.port'

/** Facts of other aggregates, read from views that have reached the store's head as it was when the command came. */
export interface FactReader {
  get<V extends ViewDefinition>(projection: Projection<V>, id: string): Promise<ViewRow<V> | undefined>
  find<V extends ViewDefinition>(projection: Projection<V>, options: FindOptions<ViewRow<V>>): Promise<ViewRow<V>[]>
}

/** Collects what the decision needs. The value becomes `command.facts`; a refusal ends the command. */
export type Gather = (command: Command, facts: FactReader) => Promise<Result<unknown>>

export interface Aggregate {
  readonly decider: Decider<unknown>
  /** By command type; only where facts from elsewhere are needed. */
  readonly gather?: Readonly<Record<string, Gather>>
}

/** Registers a decider with its gatherers. */
export function aggregate<State, C extends Command, E extends DomainEvent>(
  decider: Decider<State, C, E>,
  gather: Readonly<Record<string, Gather>> = {},
): Aggregate {
  return { decider: decider, gather }
}

export interface QueryContext {
  readonly organizationId: string
  readonly correlationId: string
  /** Customer time. */
  readonly now: Instant
  readonly facts: FactReader
}

export interface QueryRegistration {
  readonly type: string
  readonly handle: (data: unknown, context: QueryContext) => Promise<unknown>
}

export function answer<Data, Answer>(
  definition: QueryDefinition<string, Data, Answer>,
  handle: (data: Data, context: QueryContext) => Promise<Answer>,
): QueryRegistration {
  return { type: definition.type, handle: handle as QueryRegistration['handle'] }
}

/** A loop beside the messages: a work queue, an announcer. One active instance in all processes when `lease` is set. */
export interface Worker {
  readonly name: string
  readonly lease: boolean
  run(signal: AbortSignal): Promise<void>
}

/** Consumes events as they are, beside processes: at least once, in order per stream. */
export interface EventSubscriber {
  readonly name: string
  readonly types: readonly string[]
  /** All or nothing of the batch; throws: the batch comes again. */
  handle(events: readonly RecordedEvent[]): Promise<void>
}

/** Ingestion of usage; only the usage service has it. */
export type UsageIngestor = (
  requests: readonly { requestId: string; organizationId: string; payload: unknown }[],
) => Promise<readonly unknown[]>

/** What a service app is: mostly a list. */
export interface ServiceDefinition {
  readonly context: Context
  readonly aggregates: readonly Aggregate[]
  readonly processes: readonly ProcessDefinition[]
  readonly timers: readonly TimerRules[]
  readonly queries: readonly QueryRegistration[]
  readonly subscribers: readonly EventSubscriber[]
  readonly workers: readonly Worker[]
  readonly ingest?: UsageIngestor
}
