import { setTimeout as pause } from 'node:timers/promises'
import type { Figure } from '../../figure'
import { untilSteady, WARM_UP_TURNS_MAX } from '../../measure/steady'
import { createOrganization } from '../../world/api-client'
import type { Bench } from '../../world/bench'
import { drive, perSecond } from '../../world/drive'
import { startStandalone } from '../../world/platform'
import { createMetrics, ingestBatch, UsageSource } from '../../world/usage'
import { customerLoad } from '../commands/create-customers'
import { memoryIsHidden, memoryOf } from './process-memory'

const IDLE_MS = 10_000
const IDLE_QUICK_MS = 500
const INGEST_CALLERS = 8
const COMMAND_CALLERS = 8
const CUSTOMERS = 100
/** One turn of a load is too short to fill what is kept in memory. */
const LOAD_TURNS = 5
const UNIT = 'MB'

/** Of the Node process of `npm start` on a data folder that was used before, 10 s after it is ready. */
export const memoryIdle: Figure = {
  name: 'memory_idle',
  unit: UNIT,
  goal: { max: 250 },
  unavailable: memoryIsHidden,
  async prepare(bench) {
    const environment = { DATA_DIR: bench.folder() }
    const value = async () => {
      const platform = await startStandalone(bench, environment)
      await pause(bench.size(IDLE_MS, IDLE_QUICK_MS))
      const memory = memoryOf(platform.pid, 'VmRSS')
      await platform.stop()
      return memory
    }
    await value()
    return { value }
  },
}

/** Its peak while usage and commands come in as fast as they are answered. */
export const memoryLoad: Figure = {
  name: 'memory_load',
  unit: UNIT,
  goal: { max: 600 },
  unavailable: memoryIsHidden,
  async prepare(bench) {
    return {
      value: async () => {
        const platform = await startStandalone(bench)
        await loadBoth(bench, platform.address)
        const peak = memoryOf(platform.pid, 'VmHWM')
        await platform.stop()
        return peak
      },
    }
  },
}

async function loadBoth(bench: Bench, address: string): Promise<void> {
  const { api } = await createOrganization(bench, address, INGEST_CALLERS)
  await createMetrics(api)
  const source = new UsageSource(CUSTOMERS)
  const commands = await customerLoad(bench, address, COMMAND_CALLERS)
  await untilSteady([async () => perSecond(await commands())], bench.size(WARM_UP_TURNS_MAX, 1))
  const ingest = () =>
    drive({ callers: INGEST_CALLERS, durationMs: bench.turnMs, call: () => ingestBatch(api, source) })
  for (let turn = 0; turn < LOAD_TURNS; turn += 1) await Promise.all([ingest(), commands()])
}
