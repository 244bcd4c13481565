import type { Figure } from '../../figure'
import { untilSteady, WARM_UP_TURNS_MAX } from '../../measure/steady'
import { createOrganization } from '../../world/api-client'
import { startDatabase } from '../../world/bench-database'
import { drive } from '../../world/drive'
import { startStandalone } from '../../world/platform'
import { BATCH_EVENTS, createMetrics, ingestBatch, UsageSource } from '../../world/usage'
import { PlainCopies } from './plain-copies'

const CALLERS = 8
const CUSTOMERS = 100
const REFERENCE_CONNECTIONS = 4

/** Batches of 100 over HTTP: checked, deduplicated for ever, with their aggregates, on disk before the answer. */
export const ingestBatch100: Figure = {
  name: 'ingest_batch_100',
  unit: 'events/s',
  goal: { ratioMin: 0.3, min: 20_000 },
  async prepare(bench) {
    const connectionString = await startDatabase(bench)
    const platform = await startStandalone(bench, { DATABASE_URL: connectionString })
    const { api } = await createOrganization(bench, platform.address, CALLERS)
    await createMetrics(api)
    const copies = await PlainCopies.open(bench, connectionString, REFERENCE_CONNECTIONS)
    const source = new UsageSource(CUSTOMERS)
    const { turnMs } = bench
    const value = async () => {
      const load = { callers: CALLERS, durationMs: turnMs, call: () => ingestBatch(api, source) }
      const { calls, seconds } = await drive(load)
      return (calls * BATCH_EVENTS) / seconds
    }
    const reference = () => copies.measure(turnMs)
    await untilSteady([reference, value], bench.size(WARM_UP_TURNS_MAX, 1))
    return { value, reference }
  },
}
