import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Instant } from '@billstream/kernel'
import type { ApiClient } from './api-client'

interface Created {
  readonly id: string
}
interface TestClock extends Created {
  readonly status: 'ready' | 'advancing'
}

const LOOK_MS = 200
const EVENTS_PER_BATCH = 100
const CALLS_PER_MONTH = 60
const SECONDS_PER_DAY = 86_400

/** Who the story is about: one pays, one's card is declined, one's last invoice is still a draft. */
const CUSTOMERS = [
  { externalId: 'acme', name: 'Acme Robotics', token: 'pm_card_visa', graceDays: 0 },
  { externalId: 'globex', name: 'Globex', token: 'pm_card_declined_lack_of_funds', graceDays: 0 },
  { externalId: 'initech', name: 'Initech', token: 'pm_card_visa', graceDays: 5 },
] as const

/**
 * Tells a small story through the public API and a test clock: a plan with usage charges, three customers, two closed
 * months. Each write is idempotent, so after a kill the story goes on where it was. A finished one is not told again.
 */
export async function tellDemoStory(api: ApiClient, dataDir: string, now: Instant): Promise<void> {
  const finished = join(dataDir, 'demo-story-told')
  if (existsSync(finished)) return
  const startFile = join(dataDir, 'demo-story-start')
  const [first, second, third] = monthsBefore(now, startFile)
  const clock = await api.post<TestClock>('/v1/test_clocks', { name: 'Demo', frozen_time: first }, 'clock')
  const planId = await offerPlan(api)
  for (const customer of CUSTOMERS) await subscribe(api, { customer, planId, clockId: clock.id, start: first })
  for (const [month, start] of [first, second].entries()) {
    for (const { externalId } of CUSTOMERS) await meter(api, { externalId, month, start })
    const until = new Date(Date.parse(month === 0 ? second : third) + SECONDS_PER_DAY * 1_000).toISOString()
    await advance(api, clock.id, until, month)
  }
  writeFileSync(finished, `${now}\n`)
}

/** First instants of the last three months, UTC; kept, so that a story that goes on next month stays the same. */
function monthsBefore(now: Instant, file: string): [string, string, string] {
  if (!existsSync(file)) writeFileSync(file, now)
  const begun = new Date(readFileSync(file, 'utf8').trim())
  const month = (back: number) =>
    new Date(Date.UTC(begun.getUTCFullYear(), begun.getUTCMonth() - back, 1)).toISOString()
  return [month(2), month(1), month(0)]
}

async function offerPlan(api: ApiClient): Promise<string> {
  const metric = (code: string, name: string, aggregation: object) =>
    api.post<Created>('/v1/billable_metrics/', { code, name, ...aggregation }, `metric-${code}`)
  const tokens = await metric('demo_tokens', 'Tokens', { aggregation_type: 'sum', field_name: 'tokens' })
  const calls = await metric('demo_calls', 'Model calls', { aggregation_type: 'count' })
  await api.post('/v1/taxes/', { code: 'demo_vat', name: 'VAT', rate: '0.2', applied_to_organization: true }, 'tax')
  const plan = await api.post<Created>(
    '/v1/plans/',
    {
      code: 'demo_assistant',
      name: 'Assistant',
      interval: 'monthly',
      amount_cents: 2_000,
      currency: 'USD',
      charges: [
        {
          billable_metric_id: tokens.id,
          charge_model: 'graduated',
          properties: {
            graduated_ranges: [
              { from_value: 0, to_value: 100_000, per_unit_amount: '0.01', flat_amount: '0' },
              { from_value: 100_001, to_value: null, per_unit_amount: '0.008', flat_amount: '0' },
            ],
          },
        },
        { billable_metric_id: calls.id, charge_model: 'standard', properties: { amount: '5' } },
      ],
    },
    'plan',
  )
  return plan.id
}

async function subscribe(
  api: ApiClient,
  story: { customer: (typeof CUSTOMERS)[number]; planId: string; clockId: string; start: string },
): Promise<void> {
  const { externalId, name, token, graceDays } = story.customer
  const customer = await api.post<Created>(
    '/v1/customers/',
    {
      external_id: externalId,
      name,
      email: `billing@${externalId}.example`,
      currency: 'USD',
      invoice_grace_period: graceDays,
      test_clock_id: story.clockId,
    },
    `customer-${externalId}`,
  )
  const method = {
    customer_id: customer.id,
    provider: 'sandbox',
    provider_payment_method_id: token,
    type: 'card',
    is_default: true,
    details: { brand: 'visa', last4: '4242' },
  }
  await api.post('/v1/payment_methods/', method, `method-${externalId}`)
  const subscription = {
    external_id: `${externalId}-assistant`,
    customer_id: customer.id,
    plan_id: story.planId,
    started_at: story.start,
  }
  await api.post('/v1/subscriptions/', subscription, `subscription-${externalId}`)
}

async function meter(
  api: ApiClient,
  { externalId, month, start }: { externalId: string; month: number; start: string },
): Promise<void> {
  const events = Array.from({ length: CALLS_PER_MONTH }, (_, call) => {
    const timestamp = new Date(Date.parse(start) + (call % 27) * SECONDS_PER_DAY * 1_000 + call * 61_000).toISOString()
    const event = (code: string, properties: object) => ({
      transaction_id: `demo-${externalId}-${month}-${call}-${code}`,
      external_customer_id: externalId,
      code,
      timestamp,
      properties,
    })
    return [event('demo_tokens', { tokens: 900 + ((call * 337) % 2_100) }), event('demo_calls', {})]
  }).flat()
  for (let from = 0; from < events.length; from += EVENTS_PER_BATCH) {
    const batch = { events: events.slice(from, from + EVENTS_PER_BATCH) }
    await api.post('/v1/events/batch', batch, `usage-${externalId}-${month}-${from}`)
  }
}

async function advance(api: ApiClient, clockId: string, frozenTime: string, month: number): Promise<void> {
  await api.post(`/v1/test_clocks/${clockId}/advance`, { frozen_time: frozenTime }, `advance-${month}`)
  for (;;) {
    const { status } = await api.get<TestClock>(`/v1/test_clocks/${clockId}`)
    if (status === 'ready') return
    await api.pause(LOOK_MS)
  }
}
