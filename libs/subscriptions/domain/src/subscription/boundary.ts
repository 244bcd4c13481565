import { compareInstants, type Instant, type Period } from '@billstream/kernel'
import {
  nextPeriod,
  type BasePart,
  type BillingTerms,
  type Boundary,
  type SubscribedPlan,
  type SubscriptionEvent,
  SubscriptionPeriodClosed,
} from '@billstream/subscriptions-contracts'
import type { ActiveSubscription, SubscriptionTerms } from './subscription.state'

/** The later of two instants. */
export function later(a: Instant, b: Instant): Instant {
  return compareInstants(a, b) >= 0 ? a : b
}

/** Where the billing of the open period begins: its start, or the subscription's. */
export function billedFrom({ period, startedAt }: Pick<ActiveSubscription, 'period' | 'startedAt'>): Instant {
  return later(period.start, startedAt)
}

export function billingTerms(
  { billingTime }: SubscriptionTerms,
  plan: SubscribedPlan,
  at: { startedAt: Instant; timezone: string },
): BillingTerms {
  return { interval: plan.interval, billingTime, ...at }
}

/** What every boundary tells of its subscription. */
export function boundaryOf(
  { customerId, externalCustomerId, externalId }: SubscriptionTerms,
  plan: SubscribedPlan,
  what: Pick<Boundary, 'kind' | 'at' | 'closed' | 'base'>,
): Boundary {
  return { ...what, customerId, externalCustomerId, externalSubscriptionId: externalId, plan }
}

/**
 * Closes the open period whole: its usage, and the base of the closed part (in arrears) or of the next period (in advance).
 * timezone: the customer's present one; it rules the next period.
 */
export function closePeriod(active: ActiveSubscription, timezone: string): SubscriptionEvent {
  const { terms, plan, period, startedAt } = active
  const next = nextPeriod(billingTerms(terms, plan, { startedAt, timezone }), period)
  const closed = { start: billedFrom(active), end: period.end }
  const base = terms.payInAdvance ? wholeBase(plan, next, timezone) : arrearsBase(active, period.end)
  return SubscriptionPeriodClosed({
    subscriptionId: terms.subscriptionId,
    next,
    timezone,
    boundary: boundaryOf(terms, plan, { kind: 'period_close', at: period.end, closed, base }),
  })
}

/** The base of the days used in the open period until `to`. */
export function arrearsBase(active: ActiveSubscription, to: Instant): BasePart {
  return { plan: active.plan, full: active.period, from: billedFrom(active), to, timezone: active.timezone }
}

function wholeBase(plan: SubscribedPlan, full: Period, timezone: string): BasePart {
  return { plan, full, from: full.start, to: full.end, timezone }
}
