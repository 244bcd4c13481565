import { assertNever, compareInstants, ok, refuse, type Instant, type Result } from '@billstream/kernel'
import type { CommandOf } from '@billstream/event-sourcing-core'
import {
  SubscriptionTerminated,
  type Boundary,
  type SubscriptionEvent,
  type TerminateSubscription,
} from '@billstream/subscriptions-contracts'
import { arrearsBase, billedFrom, boundaryOf, closePeriod, later } from './boundary'
import { creditNoteNotAvailable } from './create-subscription'
import {
  evolveSubscription,
  type ActiveSubscription,
  type SubscriptionState,
  type SubscriptionTerms,
} from './subscription.state'

/** The present billing timezone: periods that are over but not closed yet are closed first. */
export interface TerminateSubscriptionFacts {
  readonly timezone: string
}

type Action = SubscriptionTerms['onTerminationAction']

/**
 * Ends it at once. Final usage is billed in every case. Periods whose timer is late are closed before, each a boundary of its
 * own; an end exactly at a period's close is that period's one boundary. Refusals: `subscription_not_found`,
 * `subscription_ended`, `not_available`. Source: rules/boxbilling.md section 7.
 */
export function terminateSubscription(
  { data, metadata, facts }: CommandOf<typeof TerminateSubscription>,
  state: SubscriptionState,
): Result<SubscriptionEvent[]> {
  switch (state.status) {
    case 'none':
      return refuse('subscription_not_found', 'There is no such subscription.')
    case 'ended':
      return refuse('subscription_ended', 'The subscription has ended.')
    case 'pending': {
      const action = data.onTerminationAction ?? state.terms.onTerminationAction
      return ok([terminated(state.terms, action, { endedAt: metadata.now, boundary: null })])
    }
    case 'active': {
      const action = data.onTerminationAction ?? state.terms.onTerminationAction
      if (action === 'generate_credit_note' && state.terms.payInAdvance) return creditNoteNotAvailable()
      const { timezone } = facts as TerminateSubscriptionFacts
      return ok(endActive(state, action, { now: metadata.now, timezone }))
    }
    default:
      return assertNever(state)
  }
}

function endActive(
  active: ActiveSubscription,
  action: Action,
  { now, timezone }: { now: Instant; timezone: string },
): SubscriptionEvent[] {
  const events: SubscriptionEvent[] = []
  let open = active
  while (compareInstants(open.period.end, now) < 0) {
    const closed = closePeriod(open, timezone)
    const next = evolveSubscription(open, closed)
    if (next.status !== 'active') throw new TypeError('A close leaves a subscription active.')
    events.push(closed)
    open = next
  }
  const endedAt = later(now, billedFrom(open))
  return [...events, terminated(open.terms, action, { endedAt, boundary: endOf(open, action, endedAt) })]
}

/** In arrears the days used, unless skipped; in advance nothing more and nothing back. */
function endOf(active: ActiveSubscription, action: Action, at: Instant): Boundary {
  const { terms, plan } = active
  const start = billedFrom(active)
  const isEmpty = compareInstants(start, at) === 0
  const closed = isEmpty ? null : { start, end: at }
  const base = isEmpty || terms.payInAdvance || action === 'skip' ? null : arrearsBase(active, at)
  return boundaryOf(terms, plan, { kind: 'end', at, closed, base })
}

function terminated(
  { subscriptionId }: SubscriptionTerms,
  onTerminationAction: Action,
  end: { endedAt: Instant; boundary: Boundary | null },
): SubscriptionEvent {
  return SubscriptionTerminated({ subscriptionId, onTerminationAction, ...end })
}
