import { defineProjection, on, type EventOf } from '@billstream/event-sourcing-core'
import { BillableMetric } from '@billstream/usage-contracts'
import { billableMetricView, type BillableMetricRow } from './billable-metric.view'

type Fields = EventOf<typeof BillableMetric.Defined>['data']['fields']

/** A removed metric stays, so that plans that were priced by it can still name it. */
export const billableMetricProjection = defineProjection({
  name: 'usage.billable_metric',
  view: billableMetricView,
  version: 1,
  on: {
    ...on(BillableMetric.Defined, ({ data, metadata, recordedAt }) => [
      {
        id: data.id,
        row: {
          organization_id: metadata.organizationId,
          id: data.id,
          ...columnsOf(data.fields),
          status: 'active',
          created_at: recordedAt,
          updated_at: recordedAt,
        } satisfies BillableMetricRow,
      },
    ]),
    ...on(BillableMetric.Changed, ({ data, recordedAt }) => [
      change(data.id, (row) => ({ ...columnsOf({ ...fieldsOf(row), ...data.changes }), updated_at: recordedAt })),
    ]),
    ...on(BillableMetric.Removed, ({ data, recordedAt }) => [
      change(data.id, () => ({ status: 'removed', updated_at: recordedAt })),
    ]),
  },
})

function change(id: string, columns: (row: BillableMetricRow) => Partial<BillableMetricRow>) {
  return { id, fold: (row: BillableMetricRow | undefined) => row && { ...row, ...columns(row) } }
}

function columnsOf(fields: Fields) {
  return {
    code: fields.code,
    name: fields.name,
    description: fields.description,
    aggregation_type: fields.aggregationType,
    field_name: fields.fieldName,
    recurring: fields.recurring,
    rounding_function: fields.roundingFunction,
    rounding_precision: fields.roundingPrecision,
  } satisfies Partial<BillableMetricRow>
}

function fieldsOf(row: BillableMetricRow): Fields {
  return {
    code: row.code,
    name: row.name,
    description: row.description,
    aggregationType: row.aggregation_type as Fields['aggregationType'],
    fieldName: row.field_name,
    recurring: row.recurring,
    roundingFunction: row.rounding_function as Fields['roundingFunction'],
    roundingPrecision: row.rounding_precision,
  }
}
