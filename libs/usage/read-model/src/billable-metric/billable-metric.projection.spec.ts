import { projectRows, recorded } from '@billstream/event-sourcing-core/testing'
import { BillableMetric } from '@billstream/usage-contracts'
import { billableMetricProjection } from './billable-metric.projection'
import type { BillableMetricRow } from './billable-metric.view'

const id = '00000000-0000-7000-8000-000000000001'
const fields = {
  code: 'tokens',
  name: 'Tokens',
  description: null,
  aggregationType: 'sum' as const,
  fieldName: 'tokens',
  recurring: false,
  roundingFunction: null,
  roundingPrecision: null,
}
const defined = recorded(BillableMetric.Defined({ id, fields }))
const rowAfter = (...events: Parameters<typeof projectRows>[1]) =>
  projectRows<BillableMetricRow>(billableMetricProjection, [defined, ...events]).get(id)

describe('the view of billable metrics', () => {
  it('shows a metric as it was defined', () => {
    expect(rowAfter()).toEqual({
      organization_id: defined.metadata.organizationId,
      id,
      code: 'tokens',
      name: 'Tokens',
      description: null,
      aggregation_type: 'sum',
      field_name: 'tokens',
      recurring: false,
      rounding_function: null,
      rounding_precision: null,
      status: 'active',
      created_at: defined.recordedAt,
      updated_at: defined.recordedAt,
    })
  })

  it('shows only what changed as changed', () => {
    const changed = recorded(
      BillableMetric.Changed({ id, changes: { roundingFunction: 'ceil', roundingPrecision: 1, description: 'All' } }),
    )
    expect(rowAfter({ ...changed, recordedAt: '2026-06-02T00:00:00.000Z' })).toEqual({
      ...rowAfter(),
      description: 'All',
      rounding_function: 'ceil',
      rounding_precision: 1,
      updated_at: '2026-06-02T00:00:00.000Z',
    })
  })

  it('keeps a removed metric for plans that name it', () => {
    expect(rowAfter(recorded(BillableMetric.Removed({ id })))).toMatchObject({ code: 'tokens', status: 'removed' })
  })

  it('shows nothing of a metric that it does not know', () => {
    const stranger = recorded(BillableMetric.Removed({ id }))
    expect(projectRows(billableMetricProjection, [stranger]).size).toBe(0)
  })
})
