import type { Figure } from '../../figure'
import { untilSteady, WARM_UP_TURNS_MAX } from '../../measure/steady'
import { percentileOf } from '../../measure/statistics'
import { drive } from '../../world/drive'
import { BusyCustomer } from './busy-customer'

const EVENTS = 1_000_000
const EVENTS_QUICK = 2_000

/** The open period of a customer with a million events in it, priced as its invoice will be. */
export const currentUsage1m: Figure = {
  name: 'current_usage_1m',
  unit: 'ms',
  goal: { max: 20 },
  async prepare(bench) {
    const customer = await BusyCustomer.prepare(bench, bench.size(EVENTS, EVENTS_QUICK))
    const load = () => drive({ callers: 1, durationMs: bench.turnMs, call: () => customer.readUsage() })
    await untilSteady([async () => (await load()).calls / (bench.turnMs / 1_000)], bench.size(WARM_UP_TURNS_MAX, 1))
    return { value: async () => percentileOf((await load()).latenciesMs, 99) }
  },
}
