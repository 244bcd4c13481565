import type { BillableMetricRow } from '@billstream/usage-read-model'

/** A billable metric as GET shows it. Expressions do not exist yet. Source: rules/boxbilling.md, section 4. */
export function presentBillableMetric(metric: BillableMetricRow) {
  return {
    id: metric.id,
    code: metric.code,
    name: metric.name,
    description: metric.description,
    aggregation_type: metric.aggregation_type,
    field_name: metric.field_name,
    recurring: metric.recurring,
    rounding_function: metric.rounding_function,
    rounding_precision: metric.rounding_precision,
    expression: null,
    created_at: metric.created_at,
    updated_at: metric.updated_at,
  }
}
