import { eventStoreMigrations } from '@billstream/event-store-postgres'
import { openDatabase } from '@billstream/persistence-postgres'
import type { Figure } from '../../figure'
import type { Bench } from '../../world/bench'
import { startDatabase } from '../../world/bench-database'
import { AppendWorkers } from './append-workers'
import { PlainInserts } from './plain-inserts'

const REFERENCE_CONNECTIONS = 16
const UNIT = 'events/s'
/** Four processes share the appends, so each takes longer until all of it is compiled. */
const WARM_UP_TURNS = 2

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
  // Both before the first round: neither pays for compilation and cold caches.
  for (let turn = 0; turn < WARM_UP_TURNS; turn += 1) {
    await plain.measure(turnMs)
    await workers.measure(turnMs)
  }
  return { value: () => workers.measure(turnMs), reference: () => plain.measure(turnMs) }
}
