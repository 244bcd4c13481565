import { BusyCustomer } from '../figures/current-usage/busy-customer'
import { ClosingCustomers } from '../figures/invoices/closing-customers'
import { rebuildView } from '../figures/rebuild/rebuild-view'
import { openRebuildWorld } from '../figures/rebuild/rebuild-world'
import { medianOf } from '../measure/statistics'
import { createOrganization } from '../world/api-client'
import type { Bench } from '../world/bench'
import { drive, timed } from '../world/drive'
import { startStandalone } from '../world/platform'
import { createMetrics, ingestEvents, UsageSource } from '../world/usage'

const CALLERS = 8
const CUSTOMERS = 100

/** A work that is done at several sizes of its data, each time in a world of its own. */
export interface GrowingWork {
  readonly name: string
  /** What its size counts. */
  readonly unit: string
  /** The smallest size. */
  readonly base: { readonly full: number; readonly quick: number }
  /** Seconds that it takes. */
  measure(bench: Bench, size: number): Promise<number>
}

const ingestion: GrowingWork = {
  name: 'ingestion',
  unit: 'events',
  base: { full: 20_000, quick: 200 },
  async measure(bench, events) {
    const { address } = await startStandalone(bench)
    const { api } = await createOrganization(bench, address, CALLERS)
    await createMetrics(api)
    const source = new UsageSource(CUSTOMERS)
    // What the first requests cost is no part of the growth.
    await drive({ callers: CALLERS, durationMs: bench.turnMs, call: () => api.post('/v1/events/', source.next()) })
    return timed(() => ingestEvents(api, source, { callers: CALLERS, events }))
  },
}

const currentUsage: GrowingWork = {
  name: 'current_usage',
  unit: 'events in the period',
  base: { full: 62_500, quick: 1_000 },
  async measure(bench, events) {
    const customer = await BusyCustomer.prepare(bench, events)
    const read = () => drive({ callers: 1, durationMs: bench.turnMs, call: () => customer.readUsage() })
    await read()
    return medianOf((await read()).latenciesMs) / 1_000
  },
}

const periodClose: GrowingWork = {
  name: 'period_close',
  unit: 'invoices',
  base: { full: 25, quick: 2 },
  async measure(bench, customers) {
    const { address } = await startStandalone(bench)
    const closing = await ClosingCustomers.prepare(bench, address)
    const warmUp = bench.size(CALLERS, 1)
    await closing.close(await closing.subscribe(warmUp), warmUp)
    return closing.close(await closing.subscribe(customers), customers)
  },
}

const rebuild: GrowingWork = {
  name: 'rebuild',
  unit: 'events',
  base: { full: 62_500, quick: 1_000 },
  async measure(bench, size) {
    const { ports } = await openRebuildWorld(bench, size)
    await rebuildView(ports)
    return timed(() => rebuildView(ports))
  },
}

/** What must not cost more for each when there is more of it. */
export const growingWorks: readonly GrowingWork[] = [ingestion, currentUsage, periodClose, rebuild]
