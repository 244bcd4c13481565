import { aggregate, type PlatformPorts, type ServiceDefinition } from '@billstream/event-sourcing-runtime'
import type { MessageBus } from '@billstream/messaging'
import { planDecider, subscriptionDecider, subscriptionTimers } from '@billstream/subscriptions-domain'
import { endSubscriptionOfDeletedCustomer } from './end-subscription-of-deleted-customer/end-subscription-of-deleted-customer.process'
import { noteLateUsageOfSubscription } from './note-late-usage/note-late-usage.process'
import { gatherForArchivePlan, gatherForChangePlan, gatherForCreatePlan } from './plan/plan.facts'
import {
  gatherForActivateSubscription,
  gatherForCreateSubscription,
  gatherTimezone,
} from './subscription/subscription.facts'

/** Plans and subscriptions. */
export function subscriptionsService(_ports: PlatformPorts & { bus: MessageBus }): ServiceDefinition {
  return {
    context: 'subscriptions',
    aggregates: [
      aggregate(planDecider, {
        CreatePlan: gatherForCreatePlan,
        ChangePlan: gatherForChangePlan,
        ArchivePlan: gatherForArchivePlan,
      }),
      aggregate(subscriptionDecider, {
        CreateSubscription: gatherForCreateSubscription,
        ActivateSubscription: gatherForActivateSubscription,
        ClosePeriod: gatherTimezone,
        TerminateSubscription: gatherTimezone,
      }),
    ],
    processes: [noteLateUsageOfSubscription, endSubscriptionOfDeletedCustomer],
    timers: [subscriptionTimers],
    queries: [],
    subscribers: [],
    workers: [],
  }
}
