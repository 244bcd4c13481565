import { assertNever, compareInstants, ok, refuse, type Result } from '@billstream/kernel'
import type { CommandOf, Decider } from '@billstream/event-sourcing-core'
import {
  ActivateSubscription,
  ClosePeriod,
  CreateSubscription,
  NoteLateUsage,
  SubscriptionCreated,
  SubscriptionLateUsageNoted,
  SubscriptionPeriodClosed,
  SubscriptionStarted,
  SubscriptionTerminated,
  TerminateSubscription,
  type SubscriptionCommand,
  type SubscriptionEvent,
} from '@billstream/subscriptions-contracts'
import { activateSubscription } from './activate-subscription'
import { closePeriod } from './boundary'
import { createSubscription } from './create-subscription'
import { noteLateUsage } from './note-late-usage'
import { evolveSubscription, noSubscription, type SubscriptionState } from './subscription.state'
import { terminateSubscription, type TerminateSubscriptionFacts } from './terminate-subscription'

/**
 * A subscription's life: pending, active, ended. Its external id is never used again: usage events name it for ever.
 * Refusals: see the use cases; `external_id_taken`.
 */
export const subscriptionDecider: Decider<SubscriptionState, SubscriptionCommand, SubscriptionEvent> = {
  category: 'subscription',
  commands: [CreateSubscription, ActivateSubscription, ClosePeriod, TerminateSubscription, NoteLateUsage],
  events: [
    ...[SubscriptionCreated, SubscriptionStarted, SubscriptionPeriodClosed],
    ...[SubscriptionTerminated, SubscriptionLateUsageNoted],
  ],
  initial: noSubscription,
  foldVersion: 2,
  decide(command, state) {
    switch (command.type) {
      case 'CreateSubscription':
        return createSubscription(command, state)
      case 'ActivateSubscription':
        return activateSubscription(command, state)
      case 'ClosePeriod':
        return closeDuePeriod(command, state)
      case 'TerminateSubscription':
        return terminateSubscription(command, state)
      case 'NoteLateUsage':
        return noteLateUsage(command, state)
      default:
        return assertNever(command)
    }
  },
  evolve: evolveSubscription,
  claims: (state) =>
    state.status === 'none' ? [] : [{ kind: 'subscription-external-id', key: state.terms.externalId }],
  claimTaken: ({ key }) => ({
    code: 'external_id_taken',
    message: `The external id ${key} is taken.`,
    field: 'external_id',
  }),
}

/** Bounds and amounts are those of the period, however late the timer. Refusal `period_not_due`. */
function closeDuePeriod(
  { data, metadata, facts }: CommandOf<typeof ClosePeriod>,
  state: SubscriptionState,
): Result<SubscriptionEvent[]> {
  const isDue =
    state.status === 'active' &&
    compareInstants(state.period.end, data.periodEnd) === 0 &&
    compareInstants(data.periodEnd, metadata.now) <= 0
  if (!isDue) return refuse('period_not_due', 'No open period ends there, or it has not ended yet.')
  return ok([closePeriod(state, (facts as TerminateSubscriptionFacts).timezone)])
}
