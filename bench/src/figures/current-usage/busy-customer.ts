import { createOrganization, type ApiClient } from '../../world/api-client'
import type { Bench } from '../../world/bench'
import { startDatabase } from '../../world/bench-database'
import { loadUsage } from '../../world/load-usage'
import { startStandalone } from '../../world/platform'
import { createMetrics, METRICS } from '../../world/usage'

const DAY_MS = 86_400_000
/** Of a period of a month that is over: usage then lies in hundreds of hours. */
const ELAPSED_DAYS = 20
const EXTERNAL_ID = 'busy'
const SUBSCRIPTION = 'subscription-of-busy'

interface CurrentUsage {
  readonly charges: readonly { readonly billable_metric: { readonly code: string }; readonly units: string }[]
}

/** A platform with one customer, whose open period has so many events; reads its current usage over HTTP. */
export class BusyCustomer {
  private constructor(private readonly api: ApiClient) {}

  static async prepare(bench: Bench, events: number): Promise<BusyCustomer> {
    const connectionString = await startDatabase(bench)
    const platform = await startStandalone(bench, { DATABASE_URL: connectionString })
    const { id, api } = await createOrganization(bench, platform.address, 1)
    const toMs = Date.now()
    const fromMs = toMs - ELAPSED_DAYS * DAY_MS
    await subscribe(api, fromMs)
    const usage = { organizationId: id, externalCustomerId: EXTERNAL_ID, events, fromMs, toMs }
    await loadUsage(bench, connectionString, usage)
    const customer = new BusyCustomer(api)
    await customer.expectCalls(Math.floor(events / METRICS.length))
    return customer
  }

  readUsage(): Promise<CurrentUsage> {
    return this.api.get(`/v1/customers/${EXTERNAL_ID}/current_usage?subscription_id=${SUBSCRIPTION}`)
  }

  /** What is read must be all of it. */
  private async expectCalls(expected: number): Promise<void> {
    const { charges } = await this.readUsage()
    const calls = Number(charges.find(({ billable_metric }) => billable_metric.code === 'llm_calls')?.units)
    if (calls !== expected) throw new Error(`The current usage has ${calls} calls instead of ${expected}.`)
  }
}

/** To a monthly plan that prices every metric. */
async function subscribe(api: ApiClient, fromMs: number): Promise<void> {
  const metrics = await createMetrics(api)
  const charges = metrics.map((id) => ({
    ...{ billable_metric_id: id, charge_model: 'standard', properties: { amount: '0.01' } },
  }))
  const terms = { code: 'usage', name: 'Usage', interval: 'monthly', amount_cents: 2_000, currency: 'USD', charges }
  const plan = await api.post('/v1/plans/', terms)
  const customer = await api.post('/v1/customers/', { external_id: EXTERNAL_ID, name: 'Busy', currency: 'USD' })
  await api.post('/v1/subscriptions/', {
    ...{ external_id: SUBSCRIPTION, customer_id: customer.id, plan_id: plan.id, billing_time: 'anniversary' },
    started_at: new Date(fromMs).toISOString(),
  })
}
