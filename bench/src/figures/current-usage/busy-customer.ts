import type { Organization } from '../../world/api-client'
import { createMetrics } from '../../world/usage'

const DAY_MS = 86_400_000
/** Of a period of a month that is over. */
const ELAPSED_DAYS = 20

/** A customer with a running subscription that prices each metric. */
export interface BusyCustomer {
  readonly externalId: string
  /** Of the open period until now; milliseconds since 1970. */
  readonly fromMs: number
  readonly toMs: number
  /** Where its current usage is read. */
  readonly path: string
}

/** One plan on every metric; resolves with its id. */
export async function createUsagePlan({ api }: Organization): Promise<string> {
  const metrics = await createMetrics(api)
  const charges = metrics.map((id) => ({
    ...{ billable_metric_id: id, charge_model: 'standard', properties: { amount: '0.01' } },
  }))
  const plan = { code: 'usage', name: 'Usage', interval: 'monthly', amount_cents: 2_000, currency: 'USD', charges }
  return (await api.post('/v1/plans/', plan)).id
}

/** Its month began 20 days ago, so usage lies in hundreds of hours. */
export async function createBusyCustomer({ api }: Organization, planId: string, name: string): Promise<BusyCustomer> {
  const toMs = Date.now()
  const fromMs = toMs - ELAPSED_DAYS * DAY_MS
  const customer = await api.post('/v1/customers/', { external_id: name, name, currency: 'USD' })
  const subscription = `subscription of ${name}`
  await api.post('/v1/subscriptions/', {
    ...{ external_id: subscription, customer_id: customer.id, plan_id: planId, billing_time: 'anniversary' },
    started_at: new Date(fromMs).toISOString(),
  })
  const path = `/v1/customers/${name}/current_usage?subscription_id=${encodeURIComponent(subscription)}`
  return { externalId: name, fromMs, toMs, path }
}
