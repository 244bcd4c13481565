import { eventStoreMigrations } from '@billstream/event-store-postgres'
import { openDatabase } from '@billstream/persistence-postgres'
import type { Figure } from '../../figure'
import { untilSteady, WARM_UP_TURNS_MAX } from '../../measure/steady'
import type { Bench } from '../../world/bench'
import { startDatabase } from '../../world/bench-database'
import { AppendWorkers } from './append-workers'
import { PlainInserts } from './plain-inserts'

const REFERENCE_CONNECTIONS = 16
const UNIT = 'events/s'

/** 16 writers in one process: its appends are grouped. */
export const append16x1: Figure = {
  name: 'append_16x1',
  unit: UNIT,
  goal: { ratioMin: 1.2 },
  prepare: (bench) => prepare(bench, { processes: 1, writers: 16 }),
}

/** As many writers in four processes: each groups its own, and one lock orders them. */
export const append4x4: Figure = {
  name: 'append_4x4',
  unit: UNIT,
  goal: { ratioMin: 0.7 },
  prepare: (bench) => prepare(bench, { processes: 4, writers: 4 }),
}

async function prepare(bench: Bench, shape: { processes: number; writers: number }) {
  const connectionString = await startDatabase(bench)
  const database = await openDatabase({ connectionString, poolMax: 1, log: bench.log })
  await database.migrate(eventStoreMigrations).finally(() => database.close())
  const plain = await PlainInserts.open(bench, connectionString, REFERENCE_CONNECTIONS)
  const workers = await AppendWorkers.start(bench, { connectionString, ...shape })
  const { turnMs } = bench
  const value = () => workers.measure(turnMs)
  const reference = () => plain.measure(turnMs)
  await untilSteady([reference, value], bench.size(WARM_UP_TURNS_MAX, 1))
  return { value, reference }
}
