import { compareInstants, ok, refuse, type Result } from '@billstream/kernel'
import type { CommandOf } from '@billstream/event-sourcing-core'
import {
  correctionBoundary,
  SubscriptionLateUsageNoted,
  type NoteLateUsage,
  type SubscriptionEvent,
} from '@billstream/subscriptions-contracts'
import type { SubscriptionState } from './subscription.state'

/**
 * Nothing while it runs: its next boundary bills what came late. After the end, nothing while late usage is going to be billed
 * anyway, for that finds this usage too. Refusal `subscription_not_found`. Source: rules/boxbilling.md section 15.
 */
export function noteLateUsage(
  { data, metadata }: CommandOf<typeof NoteLateUsage>,
  state: SubscriptionState,
): Result<SubscriptionEvent[]> {
  if (state.status === 'none') return refuse('subscription_not_found', 'There is no such subscription.')
  if (state.status !== 'ended' || state.correction === null) return ok([])
  if (compareInstants(metadata.now, state.correction.at) < 0) return ok([])
  const boundary = correctionBoundary(state.correction, metadata.now)
  return ok([SubscriptionLateUsageNoted({ subscriptionId: data.subscriptionId, boundary })])
}
