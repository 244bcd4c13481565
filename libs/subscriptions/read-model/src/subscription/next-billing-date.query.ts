import { civilDaysBetween, compareInstants, ok, refuse, type Instant, type Result } from '@billstream/kernel'
import type { SubscriptionRow } from './subscription.view'

/** Instants in UTC. `days_until_next_billing`: civil days from today in the billing timezone, 0 today. */
export interface NextBillingDate {
  readonly next_billing_date: string
  readonly current_period_started_at: string
  readonly interval: string
  readonly days_until_next_billing: number
}

/**
 * When a subscription is billed next. now: customer time. A period whose end has passed and whose timer is still to run is
 * billed today. Refusals: `subscription_ended`, `subscription_without_start` (pending until it is activated by hand).
 * Source: rules/boxbilling.md section 7.
 */
export function nextBillingDate(
  row: SubscriptionRow,
  now: Instant,
): Result<NextBillingDate, 'subscription_ended' | 'subscription_without_start'> {
  if (row.status === 'terminated') return refuse('subscription_ended', 'The subscription has ended.')
  const start = row.started_at ?? row.starts_at
  if (start === null) return refuse('subscription_without_start', 'The subscription has no start yet.')
  const next = row.period_end ?? start
  return ok({
    next_billing_date: next,
    current_period_started_at: laterOf(row.period_start ?? start, start),
    interval: row.plan.interval,
    days_until_next_billing: Math.max(0, civilDaysBetween(now, next, row.timezone)),
  })
}

function laterOf(a: Instant, b: Instant): Instant {
  return compareInstants(a, b) >= 0 ? a : b
}
