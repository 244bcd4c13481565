import { PostgresEventStore } from '@billstream/event-store-postgres'
import { openDatabase } from '@billstream/persistence-postgres'
import { drive, perSecond } from '../../world/drive'
import { AppendLoad } from './append-load'
import type { AppendAnswer, AppendOrder } from './append-workers'

const POOL_MAX = 4
const log = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** One process that appends through the event store, as a service does; it writes for a time whenever it is told to. */
async function run(connectionString: string, writers: number): Promise<void> {
  const database = await openDatabase({ connectionString, poolMax: POOL_MAX, log })
  const store = new PostgresEventStore(database)
  const loads = Array.from({ length: writers }, () => new AppendLoad())
  const append = async (writer: number) => {
    const load = loads[writer]
    if (!load) throw new Error(`There is no writer ${writer}.`)
    const { stream, revision, event } = load.next()
    const appended = await store.append(stream, revision === -1 ? 'no-stream' : revision, [event])
    if (!appended.ok) throw new Error(appended.error.message)
  }
  const measure = async ({ durationMs }: AppendOrder) => {
    const driven = await drive({ callers: writers, durationMs, call: append })
    tell({ kind: 'appended', perSecond: perSecond(driven) })
  }
  // What fails here ends the process, and with it the figure.
  process.on('message', (order: AppendOrder) => void measure(order))
  process.on('disconnect', () => process.exit(0))
  tell({ kind: 'ready' })
}

function tell(answer: AppendAnswer): void {
  process.send?.(answer)
}

const [connectionString = '', writers = ''] = process.argv.slice(2)
void run(connectionString, Number(writers))
