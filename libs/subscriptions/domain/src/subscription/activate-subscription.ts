import { assertNever, compareInstants, ok, refuse, type Instant, type Result } from '@billstream/kernel'
import type { CommandOf } from '@billstream/event-sourcing-core'
import {
  firstPeriod,
  SubscriptionStarted,
  type ActivateSubscription,
  type BillingTerms,
  type SubscribedPlan,
  type SubscriptionEvent,
} from '@billstream/subscriptions-contracts'
import { billingTerms, boundaryOf } from './boundary'
import type { PendingSubscription, SubscriptionState, SubscriptionTerms } from './subscription.state'

/** The plan's newest version and the billing timezone, as they stand at the start. */
export interface ActivateSubscriptionFacts {
  readonly plan: SubscribedPlan
  readonly timezone: string
}

/** Refusals: `subscription_not_found`, `subscription_not_pending`. */
export function activateSubscription(
  { metadata, facts }: CommandOf<typeof ActivateSubscription>,
  state: SubscriptionState,
): Result<SubscriptionEvent[]> {
  switch (state.status) {
    case 'none':
      return refuse('subscription_not_found', 'There is no such subscription.')
    case 'pending': {
      const { plan, timezone } = facts as ActivateSubscriptionFacts
      const startedAt = startOf(state, metadata.now)
      return ok([startSubscription(state.terms, plan, billingTerms(state.terms, plan, { startedAt, timezone }))])
    }
    case 'active':
    case 'ended':
      return refuse('subscription_not_pending', `A subscription that is ${state.status} cannot be activated.`)
    default:
      return assertNever(state)
  }
}

/** By hand it starts now; where its start has come (a timer may be late), it started then. */
function startOf({ startsAt }: PendingSubscription, now: Instant): Instant {
  return startsAt !== null && compareInstants(startsAt, now) <= 0 ? startsAt : now
}

/** It runs; in advance, the base from the start to the end of the period that holds it is due. */
export function startSubscription(
  terms: SubscriptionTerms,
  plan: SubscribedPlan,
  billing: BillingTerms,
): SubscriptionEvent {
  const { startedAt, timezone } = billing
  const period = firstPeriod(billing)
  const base = terms.payInAdvance ? { plan, full: period, from: startedAt, to: period.end, timezone } : null
  return SubscriptionStarted({
    subscriptionId: terms.subscriptionId,
    startedAt,
    period,
    timezone,
    boundary: boundaryOf(terms, plan, { kind: 'start', at: startedAt, closed: null, base }),
  })
}
