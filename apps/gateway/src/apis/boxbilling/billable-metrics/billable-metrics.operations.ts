import { Type } from '@sinclair/typebox'
import { named, sortedPage, wire } from '../../../edge/schema/wire'
import { operation } from '../boxbilling.api'

const { Optional } = Type
const { orNull, text, uuid, instant } = wire
const tag = 'Billable Metrics'
const params = Type.Object({ metric_id: uuid() })

const AGGREGATIONS = ['count', 'sum', 'max', 'unique_count', 'weighted_sum', 'latest', 'custom'] as const
const ROUNDING_PRECISION_MAX = 15

const changeable = {
  description: Optional(orNull(text())),
  field_name: Optional(orNull(text({ max: 255 }))),
  recurring: Optional(wire.notYet(orNull(wire.boolean()))),
  rounding_function: Optional(orNull(wire.choice(['round', 'ceil', 'floor']))),
  rounding_precision: Optional(orNull(wire.integer({ minimum: 0, maximum: ROUNDING_PRECISION_MAX }))),
  expression: Optional(wire.notYet(orNull(text()))),
}
const BillableMetricCreate = named('BillableMetricCreate', {
  code: text({ min: 1, max: 255 }),
  name: text({ min: 1, max: 255 }),
  aggregation_type: wire.choice(AGGREGATIONS, { notYet: ['weighted_sum', 'custom'] }),
  ...changeable,
})
const BillableMetricUpdate = named('BillableMetricUpdate', {
  name: Optional(orNull(text({ min: 1, max: 255 }))),
  ...changeable,
})
const BillableMetricResponse = named('BillableMetricResponse', {
  id: uuid(),
  code: text(),
  name: text(),
  description: orNull(text()),
  aggregation_type: wire.label(AGGREGATIONS),
  field_name: orNull(text()),
  recurring: wire.boolean(),
  rounding_function: orNull(text()),
  rounding_precision: orNull(wire.integer()),
  expression: orNull(text()),
  created_at: instant(),
  updated_at: instant(),
})

export const createBillableMetric = operation({
  method: 'POST',
  path: '/v1/billable_metrics/',
  tag,
  summary: 'Create a billable metric',
  body: BillableMetricCreate,
  response: BillableMetricResponse,
  status: 201,
  errors: [401, 409, 422],
})
export const listBillableMetrics = operation({
  method: 'GET',
  path: '/v1/billable_metrics/',
  tag,
  summary: 'List billable metrics',
  query: Type.Object(sortedPage),
  response: Type.Array(BillableMetricResponse),
  status: 200,
  errors: [401, 422],
  list: true,
})
export const getBillableMetric = operation({
  method: 'GET',
  path: '/v1/billable_metrics/{metric_id}',
  tag,
  summary: 'Get a billable metric',
  params,
  response: BillableMetricResponse,
  status: 200,
  errors: [401, 404, 422],
})
export const updateBillableMetric = operation({
  method: 'PUT',
  path: '/v1/billable_metrics/{metric_id}',
  tag,
  summary: 'Change a billable metric',
  params,
  body: BillableMetricUpdate,
  response: BillableMetricResponse,
  status: 200,
  errors: [401, 404, 422],
})
export const deleteBillableMetric = operation({
  method: 'DELETE',
  path: '/v1/billable_metrics/{metric_id}',
  tag,
  summary: 'Delete a billable metric that no plan prices',
  params,
  status: 204,
  errors: [401, 404, 422],
})
