import type { Client } from 'pg'
import type { PlatformPorts } from '@billstream/event-sourcing-runtime'
import { openPostgresPlatform } from '@billstream/hosting'
import type { Bench } from '../../world/bench'
import { connect, startDatabase } from '../../world/bench-database'
import { SERVER_SECRET } from '../../world/platform'
import { catchUpLive } from './rebuild-view'
import { recordHistory } from './subscription-history'

/** A store with a history in it, its view as far, and nobody else at work. */
export interface RebuildWorld {
  readonly ports: PlatformPorts
  /** As the owner. */
  readonly client: Client
  /** Of the history. */
  readonly events: number
}

/** events: at least. */
export async function openRebuildWorld(bench: Bench, events: number): Promise<RebuildWorld> {
  const connectionString = await startDatabase(bench)
  const { ports, close } = await openPostgresPlatform({ connectionString, serverSecret: SERVER_SECRET }, bench.log)
  bench.closers.push(close)
  const recorded = await recordHistory(ports.eventStore, events, bench)
  await catchUpLive(ports)
  const client = await connect(bench, connectionString)
  // As after a night: statistics and visibility are up to date for everybody who reads.
  await client.query('vacuum analyze store.events')
  return { ports, client, events: recorded }
}
