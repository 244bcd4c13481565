import * as plan from './plan'
import * as subscription from './subscription'

export * from './billing-period'
export * from './plan'
export * from './subscription'

export const subscriptionsEvents = [
  plan.PlanCreated,
  plan.PlanRenamed,
  plan.PlanVersioned,
  plan.PlanArchived,
  subscription.SubscriptionCreated,
  subscription.SubscriptionStarted,
  subscription.SubscriptionPeriodClosed,
  subscription.SubscriptionTerminated,
  subscription.SubscriptionLateUsageNoted,
]
