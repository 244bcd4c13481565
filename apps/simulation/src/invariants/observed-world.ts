import {
  isEvent,
  type EventDefinition,
  type Projection,
  type RecordedEvent,
  type ViewDefinition,
  type ViewRow,
} from '@billstream/event-sourcing-core'
import type { PlatformPorts, ProcessCommit } from '@billstream/event-sourcing-runtime'
import type { ChargeAnswer } from '@billstream/payment-providers-port'
import type { Static, TSchema } from '@sinclair/typebox'
import type { Cast } from '../client/cast'
import type { Ledger } from '../client/ledger'
import type { ReceivedWebhook } from '../network/webhook-receivers'

const ROWS_MAX = 100_000

/** A charge as the provider keeps it. */
interface ObservedCharge {
  readonly idempotencyKey: string
  /** Minor units. */
  readonly amount: bigint
  readonly outcome: ChargeAnswer
  readonly metadata: Readonly<Record<string, string>>
}

/** Everything that can be seen of a world that stands still. */
export interface ObservedWorld {
  readonly cast: Cast
  readonly ledger: Ledger
  /** In order, persons in clear. */
  readonly events: readonly RecordedEvent[]
  /** Those that came since the last look. */
  readonly fresh: readonly RecordedEvent[]
  /** The durable ports themselves, without faults. */
  readonly ports: PlatformPorts
  readonly projections: readonly Projection[]
  readonly charges: readonly ObservedCharge[]
  readonly received: readonly ReceivedWebhook[]
  /** Commits of processes that were told that they have written something. */
  readonly commits: readonly ProcessCommit[]
  /** What was logged as an error. */
  readonly errors: readonly string[]
}

/** What must hold whenever the world stands still; each break is told with its values. */
export interface Invariant {
  readonly name: string
  check(world: ObservedWorld): string[] | Promise<string[]>
}

export function eventsOf<Type extends string, Schema extends TSchema>(
  { events }: Pick<ObservedWorld, 'events'>,
  definition: EventDefinition<Type, Schema>,
): RecordedEvent<Type, Static<Schema>>[] {
  return events.filter((event) => isEvent(definition, event))
}

export function rowsOf<V extends ViewDefinition>({ ports, cast }: ObservedWorld, view: V): Promise<ViewRow<V>[]> {
  return ports.views.find(view, cast.organizationId, { limit: ROWS_MAX })
}

export function grouped<T>(list: Iterable<T>, keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of list) {
    const group = groups.get(keyOf(item))
    if (group) group.push(item)
    else groups.set(keyOf(item), [item])
  }
  return groups
}

/** Keys that more than one item has. */
export function repeatedKeys<T>(list: Iterable<T>, keyOf: (item: T) => string): string[] {
  return [...grouped(list, keyOf)].filter(([, items]) => items.length > 1).map(([key]) => key)
}

export function sumOf(amounts: readonly string[]): bigint {
  return amounts.reduce((sum, amount) => sum + BigInt(amount), 0n)
}
