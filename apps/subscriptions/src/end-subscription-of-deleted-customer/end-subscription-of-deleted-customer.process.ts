import { CustomerDeleted } from '@billstream/accounts-contracts'
import { isEvent, want, type ProcessDefinition, type RecordedEvent } from '@billstream/event-sourcing-core'
import { SubscriptionCreated, TerminateSubscription } from '@billstream/subscriptions-contracts'

/** Of one customer. */
interface Subscriber {
  readonly deleted: boolean
  /** Every one that was created while the customer was there. */
  readonly subscriptionIds: readonly string[]
}

/**
 * A customer is deleted only while no subscription is open, and none is created of a deleted one; but the two are decided in two places,
 * so of a deletion and a creation at the same moment neither sees the other. The subscription is ended then: nobody is billed who has
 * been deleted. The two facts come from two streams, in any order.
 */
export const endSubscriptionOfDeletedCustomer: ProcessDefinition<Subscriber> = {
  name: 'end-subscription-of-deleted-customer',
  context: 'subscriptions',
  reactsTo: [SubscriptionCreated.type, CustomerDeleted.type],
  key: (event) => (event.data as { customerId: string }).customerId,
  initial: { deleted: false, subscriptionIds: [] },
  evolve,
  react: (event, { deleted, subscriptionIds }) => {
    if (!deleted) return []
    const open = isEvent(SubscriptionCreated, event) ? [event.data.subscriptionId] : subscriptionIds
    return open.map((subscriptionId) => want(TerminateSubscription, { subscriptionId, onTerminationAction: 'skip' }))
  },
  refusals: {
    // All that had ended before, as it should be.
    subscription_ended: 'ignore',
    // Its view does not show it yet.
    subscription_not_found: 'wait',
  },
}

function evolve(state: Subscriber, event: RecordedEvent): Subscriber {
  if (isEvent(CustomerDeleted, event)) return { ...state, deleted: true }
  if (!isEvent(SubscriptionCreated, event) || state.deleted) return state
  return { ...state, subscriptionIds: [...state.subscriptionIds, event.data.subscriptionId] }
}
