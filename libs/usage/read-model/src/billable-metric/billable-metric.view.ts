import { col, defineView, type ViewRow } from '@billstream/event-sourcing-core'

export const billableMetricView = defineView(
  'usage',
  'billable_metric',
  {
    code: col.text,
    name: col.text,
    description: col.nullable(col.text),
    aggregation_type: col.text,
    field_name: col.nullable(col.text),
    recurring: col.boolean,
    rounding_function: col.nullable(col.text),
    rounding_precision: col.nullable(col.integer),
    /** active or removed; a removed one stays readable by id for plans that were priced by it */
    status: col.text,
    created_at: col.instant,
    updated_at: col.instant,
  },
  [['code']],
)
export type BillableMetricRow = ViewRow<typeof billableMetricView>
