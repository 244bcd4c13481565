import { openPostgresPlatform } from '@billstream/hosting'
import type { Figure } from '../../figure'
import { connect, startDatabase } from '../../world/bench-database'
import { timed } from '../../world/drive'
import { SERVER_SECRET } from '../../world/platform'
import { readAllEvents } from './plain-read'
import { rebuildView } from './rebuild-view'
import { recordHistory } from './subscription-history'

const EVENTS = 1_000_000
const EVENTS_QUICK = 2_000

/** A view of a million events, ten to a row, built anew. */
export const rebuild1m: Figure = {
  name: 'rebuild_1m',
  unit: 'events/s',
  goal: { ratioMin: 0.5, min: 50_000 },
  async prepare(bench) {
    const connectionString = await startDatabase(bench)
    const { ports, close } = await openPostgresPlatform({ connectionString, serverSecret: SERVER_SECRET }, bench.log)
    bench.closers.push(close)
    const events = await recordHistory(ports.eventStore, bench.size(EVENTS, EVENTS_QUICK), bench)
    const client = await connect(bench, connectionString)
    // As after a night: statistics and visibility are up to date for both.
    await client.query('vacuum analyze store.events')
    const reference = async () => {
      let read = 0
      const seconds = await timed(async () => (read = await readAllEvents(client)))
      if (read !== events) throw new Error(`${read} of ${events} events were read.`)
      return events / seconds
    }
    const value = async () => events / (await timed(() => rebuildView(ports)))
    await value()
    await reference()
    return { value, reference }
  },
}
