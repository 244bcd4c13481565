import type { Figure } from '../../figure'
import { timed } from '../../world/drive'
import { readAllEvents } from './plain-read'
import { rebuildView } from './rebuild-view'
import { openRebuildWorld } from './rebuild-world'

const EVENTS = 1_000_000
const EVENTS_QUICK = 2_000

/** A view of a million events, ten to a row, built anew. */
export const rebuild1m: Figure = {
  name: 'rebuild_1m',
  unit: 'events/s',
  goal: { ratioMin: 0.5, min: 50_000 },
  async prepare(bench) {
    const { ports, client, events } = await openRebuildWorld(bench, bench.size(EVENTS, EVENTS_QUICK))
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
