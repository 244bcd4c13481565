import type { Figure } from '../../figure'
import { percentileOf } from '../../measure/statistics'
import { createOrganization, type ApiClient } from '../../world/api-client'
import { startDatabase } from '../../world/bench-database'
import { drive } from '../../world/drive'
import { loadUsage } from '../../world/load-usage'
import { startStandalone } from '../../world/platform'
import { createBusyCustomer, createUsagePlan, type BusyCustomer } from './busy-customer'

const EVENTS = 1_000_000
const EVENTS_QUICK = 2_000

/** The open period of a customer with a million events in it, priced as its invoice will be. */
export const currentUsage1m: Figure = {
  name: 'current_usage_1m',
  unit: 'ms',
  goal: { max: 20 },
  async prepare(bench) {
    const connectionString = await startDatabase(bench)
    const platform = await startStandalone(bench, { DATABASE_URL: connectionString })
    const organization = await createOrganization(bench, platform.address, 1)
    const customer = await createBusyCustomer(organization, await createUsagePlan(organization), 'busy')
    const events = bench.size(EVENTS, EVENTS_QUICK)
    await loadUsage(bench, connectionString, {
      organizationId: organization.id,
      externalCustomerId: customer.externalId,
      events,
      ...customer,
    })
    await expectUsage(organization.api, customer, events)
    const value = async () => {
      const call = () => organization.api.get(customer.path)
      return percentileOf((await drive({ callers: 1, durationMs: bench.turnMs, call })).latenciesMs, 99)
    }
    await value()
    return { value }
  },
}

interface CurrentUsage {
  readonly charges: readonly { readonly billable_metric: { readonly code: string }; readonly units: string }[]
}

/** What is read must be all of it. */
async function expectUsage(api: ApiClient, { path }: BusyCustomer, events: number): Promise<void> {
  const { charges } = await api.get<CurrentUsage>(path)
  const calls = Number(charges.find(({ billable_metric }) => billable_metric.code === 'llm_calls')?.units)
  if (calls !== Math.floor(events / 3)) throw new Error(`Of ${events} events a third is calls, but usage has ${calls}.`)
}
