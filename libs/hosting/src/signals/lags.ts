import type { Position } from '@billstream/event-sourcing-core'
import type { EventStore } from '@billstream/event-sourcing-runtime'
import { epochMillis, type Clock } from '@billstream/kernel'
import type { ReadGauges, Reading } from '@billstream/platform'

/** Where readers of the store stand, by their name. */
export type Positions = () => Promise<ReadonlyMap<string, Position>> | ReadonlyMap<string, Position>

/** How far behind a reader of events is. */
export interface Lag {
  readonly name: string
  readonly events: number
  /** Age of the oldest event that it lacks; 0: none. */
  readonly seconds: number
}

type LagPorts = { readonly eventStore: Pick<EventStore, 'head' | 'subscribe'>; readonly clock: Clock }

/** Lags behind the store's head. Reads the head, and of each place at which a reader stands the one event after it. */
export async function lagsBehindHead(positions: Positions, { eventStore, clock }: LagPorts): Promise<Lag[]> {
  // In this order: who is asked later can only be further.
  const head = await eventStore.head()
  const readers = [...(await positions())]
  const behind = new Set(readers.map(([, position]) => position).filter((position) => position < head))
  const ages = new Map(
    await Promise.all([...behind].map(async (at) => [at, await ageAfter(at, { eventStore, clock })] as const)),
  )
  return readers.map(([name, position]) => ({
    name,
    events: position < head ? Number(head - position) : 0,
    seconds: ages.get(position) ?? 0,
  }))
}

const projectionLags = (lags: readonly Lag[]): Reading[] => [
  {
    gauge: 'billstream_projection_lag_events',
    values: lags.map(({ name, events }) => ({ labels: { projection: name }, value: events })),
  },
  {
    gauge: 'billstream_projection_lag_seconds',
    values: lags.map(({ name, seconds }) => ({ labels: { projection: name }, value: seconds })),
  },
]

export const consumerLags = (lags: readonly Lag[]): Reading[] => [
  {
    gauge: 'billstream_consumer_lag_events',
    values: lags.map(({ name, events }) => ({ labels: { consumer: name }, value: events })),
  },
  {
    gauge: 'billstream_consumer_lag_seconds',
    values: lags.map(({ name, seconds }) => ({ labels: { consumer: name }, value: seconds })),
  },
]

/** Reads the lag of views. */
export function readProjectionLags(positions: Positions, ports: LagPorts): ReadGauges {
  return async () => projectionLags(await lagsBehindHead(positions, ports))
}

/** Reads the lag of what reacts to events: feeds of services, timer rules, the relay. */
export function readConsumerLags(positions: Positions, ports: LagPorts): ReadGauges {
  return async () => consumerLags(await lagsBehindHead(positions, ports))
}

/** Seconds since the first event after a position was recorded; 0 where there is none. */
async function ageAfter(position: Position, { eventStore, clock }: LagPorts): Promise<number> {
  const enough = new AbortController()
  try {
    for await (const { events } of eventStore.subscribe(position, { batchMax: 1, signal: enough.signal })) {
      const [first] = events
      return first ? Math.max(0, (epochMillis(clock.now()) - epochMillis(first.recordedAt)) / 1_000) : 0
    }
    return 0
  } finally {
    enough.abort()
  }
}
