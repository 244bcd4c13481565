import { planVersionProjection } from './plan-version/plan-version.projection'
import { planProjection } from './plan/plan.projection'
import { subscriptionProjection } from './subscription/subscription.projection'

export { subscriptionsMigrations } from './migrations/subscriptions.migrations'
export * from './plan-version/plan-version.projection'
export * from './plan-version/plan-version.view'
export * from './plan/plan.projection'
export * from './plan/plan.view'
export * from './subscription/next-billing-date.query'
export * from './subscription/subscription.projection'
export * from './subscription/subscription.view'

export const subscriptionsProjections = [planProjection, planVersionProjection, subscriptionProjection] as const
