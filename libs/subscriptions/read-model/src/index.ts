export * from './plan-version/plan-version.projection'
export * from './plan-version/plan-version.view'
export * from './plan/plan.view'
export * from './subscription/subscription.view'
