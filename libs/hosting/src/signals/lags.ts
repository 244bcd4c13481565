import type { Position } from '@billstream/event-sourcing-core'
import type { EventStore } from '@billstream/event-sourcing-runtime'
import { epochMillis, type Clock } from '@billstream/kernel'
import type { ReadGauges, Reading } from '@billstream/platform'

/** Where a store must read to count, it reads so many events at each scrape. */
const COUNTED_MAX = 1_000

/** Where readers of the store stand, by their name. */
export type Positions = () => Promise<ReadonlyMap<string, Position>> | ReadonlyMap<string, Position>

/** How far behind a reader of events is. */
export interface Lag {
  readonly name: string
  /** At most COUNTED_MAX of a store that must read to count. */
  readonly events: number
  /** Age of the oldest event that it lacks; 0: none. */
  readonly seconds: number
}

type LagPorts = { readonly eventStore: Pick<EventStore, 'count' | 'head' | 'subscribe'>; readonly clock: Clock }

/** Lags behind the store's head. Reads the head, and counts from each place at which a reader stands. */
export async function lagsBehindHead(positions: Positions, ports: LagPorts): Promise<Lag[]> {
  // In this order: who is asked later can only be further.
  const head = await ports.eventStore.head()
  const readers = [...(await positions())]
  const places = new Set(readers.map(([, position]) => position))
  const lags = new Map(await Promise.all([...places].map(async (at) => [at, await lagAfter(at, head, ports)] as const)))
  return readers.map(([name, position]) => ({ name, ...(lags.get(position) ?? NONE) }))
}

const NONE = { events: 0, seconds: 0 }

async function lagAfter(position: Position, head: Position, ports: LagPorts): Promise<Omit<Lag, 'name'>> {
  const { events } = await ports.eventStore.count(position, { to: head, max: COUNTED_MAX })
  return events === 0 ? NONE : { events, seconds: await ageAfter(position, ports) }
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
