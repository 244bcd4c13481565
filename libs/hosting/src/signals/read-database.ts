import type { PostgresPlatform } from '../postgres-platform'
import type { ReadGauges } from '@billstream/platform'

/** Connections of this process. */
export function readPools({ pools }: PostgresPlatform['database']): ReadGauges {
  return () => {
    const values = pools().flatMap(({ role, idle, busy, waiting }) =>
      Object.entries({ idle, busy, waiting }).map(([state, value]) => ({ labels: { role, state }, value })),
    )
    return Promise.resolve([{ gauge: 'billstream_pool_connections' as const, values }])
  }
}

/** What waits in the database, of all processes: read by one of them. */
export function readQueueDepths({ queueDepths }: Pick<PostgresPlatform, 'queueDepths'>): ReadGauges {
  return async () => {
    const depths = await queueDepths.read()
    const values = depths.map(({ queue, name, count }) => ({ labels: { queue, name }, value: count }))
    return [{ gauge: 'billstream_queue_depth' as const, values }]
  }
}
