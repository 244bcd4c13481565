import { billableMetricProjection } from './billable-metric/billable-metric.projection'

export * from './billable-metric/billable-metric.projection'
export * from './billable-metric/billable-metric.view'
export { usageMigrations } from './migrations/usage.migrations'

export const usageProjections = [billableMetricProjection] as const
