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

/** What waits in the database, of all processes: read by one of them. A queue that was seen stays, with 0 when it is empty. */
export function readQueueDepths({ queueDepths }: Pick<PostgresPlatform, 'queueDepths'>): ReadGauges {
  const seen = new Map<string, { readonly queue: string; readonly name: string }>()
  return async () => {
    const depths = await queueDepths.read()
    const counts = new Map(depths.map(({ queue, name, count }) => [`${queue} ${name}`, count]))
    for (const { queue, name } of depths) seen.set(`${queue} ${name}`, { queue, name })
    const values = [...seen].map(([key, labels]) => ({ labels, value: counts.get(key) ?? 0 }))
    return [{ gauge: 'billstream_queue_depth' as const, values }]
  }
}
