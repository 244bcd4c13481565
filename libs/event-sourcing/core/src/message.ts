import type { Instant, Refusal, Uuid } from '@billstream/kernel'

/** Who caused something. `api_key` and `user` come from the edge, the rest from the platform. */
export interface Actor {
  readonly type: 'api_key' | 'user' | 'admin' | 'process' | 'timer' | 'webhook' | 'system'
  readonly id: string
}

export interface CommandMetadata {
  /** The same id is the same intention: repeated, it has one effect. */
  readonly commandId: Uuid
  readonly organizationId: Uuid
  readonly actor: Actor
  readonly correlationId: Uuid
  readonly causationId: Uuid
  /** Customer time: the customer's test clock, else real time (domain.md section 3). */
  readonly now: Instant
  /** The instant of the timer from which this command descends; bounds and amounts are taken from it. */
  readonly due?: Instant
  /** The test clock that rules `now`; absent for real time. */
  readonly clockId?: Uuid
  /** After this real instant no handler begins the command. Only commands from HTTP carry it. */
  readonly expiresAt?: Instant
}

/** An order to one aggregate. `data` is JSON: money as digit strings of minor units, decimals as strings, instants as ISO 8601. */
export interface Command<Type extends string = string, Data = unknown, Facts = unknown> {
  readonly type: Type
  readonly data: Data
  readonly metadata: CommandMetadata
  /** Facts of other aggregates, gathered by the owning service before the decision; copied into the events that used them. */
  readonly facts?: Facts
}

/** A fact that a decider wants to record. */
export interface DomainEvent<Type extends string = string, Data = unknown> {
  readonly type: Type
  readonly data: Data
}

export interface EventMetadata {
  readonly organizationId: Uuid
  readonly actor: Actor
  readonly commandId: Uuid
  /** Which command recorded it; the first events that were ever recorded do not say. */
  readonly commandType?: string
  readonly correlationId: Uuid
  readonly causationId: Uuid
  /** Customer time. */
  readonly occurredAt: Instant
  readonly due?: Instant
  readonly clockId?: Uuid
}

/** Ordered, opaque to everyone but its store; stored and sent as a decimal string. */
export type Position = bigint

export interface NewEvent<Type extends string = string, Data = unknown> extends DomainEvent<Type, Data> {
  /** v5(commandId, index): a repeat cannot record a second one. */
  readonly id: Uuid
  readonly schemaVersion: number
  readonly metadata: EventMetadata
}

export interface RecordedEvent<Type extends string = string, Data = unknown> extends NewEvent<Type, Data> {
  /** `<category>-<id>` */
  readonly stream: string
  /** 0 for the first event of its stream. */
  readonly revision: number
  readonly position: Position
  readonly recordedAt: Instant
}

/** The answer of a command. `position`: where its effect ends; a view that has reached it shows the effect. */
export type CommandReply =
  | { readonly ok: true; readonly value: CommandEffectSummary; readonly position: Position }
  | { readonly ok: false; readonly error: Refusal; readonly position: Position }

/** A function of the aggregate and the command's events, so a repeat is answered alike. */
export interface CommandEffectSummary {
  readonly id: Uuid
  /** Types of the events that the command recorded; none when nothing had to change. */
  readonly events: readonly string[]
}
