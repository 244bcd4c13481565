import { projectRows, recorded } from '@billstream/event-sourcing-core/testing'
import {
  SubscriptionCreated,
  SubscriptionPeriodClosed,
  SubscriptionStarted,
  SubscriptionTerminated,
  type Boundary,
} from '@billstream/subscriptions-contracts'
import { nextBillingDate } from './next-billing-date.query'
import { subscriptionProjection } from './subscription.projection'
import type { SubscriptionRow } from './subscription.view'

const subscriptionId = '00000000-0000-7000-8000-0000000000d1'
const identity = { subscriptionId, externalId: 'acme-1', customerId: 'c1', externalCustomerId: 'acme' }
const plan = {
  planId: 'p1',
  planVersion: 1,
  planName: 'Pro',
  interval: 'monthly' as const,
  amount: '3100',
  currency: 'USD',
}
const at = (day: string) => `${day}T00:00:00.000Z`
const metadata = (day: string) => ({ metadata: { occurredAt: at(day) } })
const boundary = (version: number): Boundary => ({
  ...{ kind: 'start', at: at('2026-01-12'), customerId: 'c1', externalCustomerId: 'acme', closed: null, base: null },
  ...{ externalSubscriptionId: 'acme-1', plan: { ...plan, planVersion: version } },
})
const created = (startsAt: string | null) =>
  recorded(
    SubscriptionCreated({
      ...identity,
      ...{ billingTime: 'calendar', payInAdvance: false, onTerminationAction: 'skip', plan, timezone: 'UTC' },
      ...{ subscriptionAt: null, startsAt },
    }),
    metadata('2026-01-01'),
  )
const started = recorded(
  SubscriptionStarted({
    subscriptionId,
    startedAt: at('2026-01-12'),
    period: { start: at('2026-01-01'), end: at('2026-02-01') },
    timezone: 'UTC',
    boundary: boundary(2),
  }),
  metadata('2026-01-12'),
)
const closed = recorded(
  SubscriptionPeriodClosed({
    subscriptionId,
    next: { start: at('2026-02-01'), end: at('2026-03-01') },
    timezone: 'Europe/Berlin',
    boundary: boundary(2),
  }),
  metadata('2026-02-01'),
)
const terminated = recorded(
  SubscriptionTerminated({ subscriptionId, endedAt: at('2026-02-10'), onTerminationAction: 'skip', boundary: null }),
  metadata('2026-02-10'),
)
function row(...events: Parameters<typeof projectRows>[1]): SubscriptionRow {
  const found = projectRows<SubscriptionRow>(subscriptionProjection, events).get(subscriptionId)
  if (!found) throw new Error('no row')
  return found
}

describe('a subscription as a row', () => {
  it('is pending with its start, if that is known', () =>
    expect(row(created(at('2026-01-12')))).toMatchObject({
      ...{ status: 'pending', starts_at: at('2026-01-12'), started_at: null, period_start: null },
      ...{ created_at: at('2026-01-01') },
    }))
  it('is active with its open period and the plan version that it bills', () =>
    expect(row(created(null), started)).toMatchObject({
      ...{ status: 'active', started_at: at('2026-01-12'), period_end: at('2026-02-01'), updated_at: at('2026-01-12') },
      plan: { planVersion: 2 },
    }))
  it('moves on with each close', () =>
    expect(row(created(null), started, closed)).toMatchObject({
      ...{ period_start: at('2026-02-01'), period_end: at('2026-03-01'), timezone: 'Europe/Berlin' },
    }))
  it('is terminated at its end', () =>
    expect(row(created(null), started, terminated)).toMatchObject({
      status: 'terminated',
      ending_at: at('2026-02-10'),
    }))
})

describe('the next billing date', () => {
  it('of a running subscription is the end of its period, in civil days', () =>
    expect(nextBillingDate(row(created(null), started), '2026-01-30T23:00:00.000Z')).toEqual({
      ok: true,
      value: {
        next_billing_date: at('2026-02-01'),
        current_period_started_at: at('2026-01-12'),
        interval: 'monthly',
        days_until_next_billing: 2,
      },
    }))
  it('is today while the close is late', () =>
    expect(nextBillingDate(row(created(null), started), at('2026-02-20'))).toMatchObject({
      value: { days_until_next_billing: 0 },
    }))
  it('of a pending one is its start', () =>
    expect(nextBillingDate(row(created(at('2026-01-12'))), at('2026-01-02'))).toMatchObject({
      value: {
        next_billing_date: at('2026-01-12'),
        current_period_started_at: at('2026-01-12'),
        days_until_next_billing: 10,
      },
    }))
  it('is none without a start, and after the end', () => {
    expect(nextBillingDate(row(created(null)), at('2026-01-02'))).toMatchObject({
      error: { code: 'subscription_without_start' },
    })
    expect(nextBillingDate(row(created(null), started, terminated), at('2026-03-01'))).toMatchObject({
      error: { code: 'subscription_ended' },
    })
  })
})
