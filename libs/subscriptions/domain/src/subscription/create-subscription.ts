import { compareInstants, ok, refuse, type Instant, type Result } from '@billstream/kernel'
import type { CommandOf } from '@billstream/event-sourcing-core'
import {
  firstPeriod,
  nextPeriod,
  SubscriptionCreated,
  type BillingTerms,
  type CreateSubscription,
  type SubscribedPlan,
  type SubscriptionEvent,
} from '@billstream/subscriptions-contracts'
import { billingTerms } from './boundary'
import { startSubscription } from './activate-subscription'
import type { SubscriptionState, SubscriptionTerms } from './subscription.state'

/** Closed periods that a start in the past may bring. Source: rules/boxbilling.md section 7. */
export const BACKDATED_PERIODS_MAX = 100

/** Of the customer (who is not deleted), the plan (its newest version) and the billing timezone: customer, else organization. */
export interface CreateSubscriptionFacts {
  readonly externalCustomerId: string
  readonly plan: SubscribedPlan
  readonly timezone: string
}

type Create = CommandOf<typeof CreateSubscription>

/**
 * Start = `startedAt`, else `subscriptionAt`; neither: pending. In the past or now: it runs at once, and timers then close one
 * period after the other. Refusals: `not_available`, `started_too_long_ago`.
 */
export function createSubscription(command: Create, state: SubscriptionState): Result<SubscriptionEvent[]> {
  if (state.status !== 'none') return refuse('subscription_exists', 'This subscription exists already.')
  const { data, metadata } = command
  const { externalCustomerId, plan, timezone } = command.facts as CreateSubscriptionFacts
  if (data.payInAdvance && data.onTerminationAction === 'generate_credit_note') return creditNoteNotAvailable()
  const startsAt = data.startedAt ?? data.subscriptionAt
  const terms = termsOf(data, externalCustomerId)
  const created = SubscriptionCreated({ ...terms, plan, timezone, subscriptionAt: data.subscriptionAt, startsAt })
  if (startsAt === null || compareInstants(startsAt, metadata.now) > 0) return ok([created])
  const billing = billingTerms(terms, plan, { startedAt: startsAt, timezone })
  if (closedPeriods(billing, metadata.now) > BACKDATED_PERIODS_MAX) return tooLongAgo(data)
  return ok([created, startSubscription(terms, plan, billing)])
}

/** Credit notes for a base that was paid in advance are not issued yet. */
export function creditNoteNotAvailable(): Result<never> {
  const message = 'generate_credit_note is not available yet for a subscription that is paid in advance.'
  return refuse('not_available', message, 'on_termination_action')
}

function tooLongAgo({ startedAt }: Create['data']): Result<never> {
  const message = `A start lies at most ${BACKDATED_PERIODS_MAX} periods back.`
  return refuse('started_too_long_ago', message, startedAt === null ? 'subscription_at' : 'started_at')
}

/** How many periods are over, counted to one above the bound. */
function closedPeriods(terms: BillingTerms, now: Instant): number {
  let count = 0
  let period = firstPeriod(terms)
  while (count <= BACKDATED_PERIODS_MAX && compareInstants(period.end, now) <= 0) {
    count += 1
    period = nextPeriod(terms, period)
  }
  return count
}

function termsOf(data: Create['data'], externalCustomerId: string): SubscriptionTerms {
  const { subscriptionId, externalId, customerId, billingTime, payInAdvance, onTerminationAction } = data
  return {
    subscriptionId,
    externalId,
    customerId,
    externalCustomerId,
    billingTime,
    payInAdvance,
    onTerminationAction,
  }
}
