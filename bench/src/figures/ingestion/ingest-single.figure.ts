import type { Figure } from '../../figure'
import { untilSteady, WARM_UP_TURNS_MAX } from '../../measure/steady'
import { createOrganization } from '../../world/api-client'
import type { Bench } from '../../world/bench'
import { drive, perSecond } from '../../world/drive'
import { startProgram, startStandalone } from '../../world/platform'
import type { ProgramProcess } from '../../world/program-process'
import { createMetrics, UsageSource } from '../../world/usage'

const CALLERS = 64
const CUSTOMERS = 100

/** One event a request; what arrives at one moment is written together. */
export const ingestSingle: Figure = {
  name: 'ingest_single',
  unit: 'events/s',
  goal: { ratioMin: 0.5, min: 4_000 },
  async prepare(bench) {
    const value = await loadOn(bench, await startStandalone(bench))
    const withoutDatabase = await startProgram(bench, { main: 'bench/figures/ingestion/memory-platform.main' })
    const reference = await loadOn(bench, withoutDatabase)
    await untilSteady([reference, value], bench.size(WARM_UP_TURNS_MAX, 1))
    return { value, reference }
  },
}

async function loadOn(bench: Bench, { address }: ProgramProcess): Promise<() => Promise<number>> {
  const { api } = await createOrganization(bench, address, CALLERS)
  await createMetrics(api)
  const source = new UsageSource(CUSTOMERS)
  return async () => {
    const call = () => api.post('/v1/events/', source.next())
    return perSecond(await drive({ callers: CALLERS, durationMs: bench.turnMs, call }))
  }
}
