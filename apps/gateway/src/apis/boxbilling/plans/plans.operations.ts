import { Type } from '@sinclair/typebox'
import { named, sortedPage, wire } from '../../../edge/schema/wire'
import { operation } from '../boxbilling.api'

const { Optional } = Type
const { orNull, text, uuid, instant } = wire
const tag = 'Plans'
const params = Type.Object({ plan_id: uuid() })

const CHARGES_PER_PLAN_MAX = 100
const INTERVALS = ['weekly', 'monthly', 'quarterly', 'yearly'] as const
const SERVED_MODELS = ['standard', 'graduated', 'volume', 'package'] as const
const LATER_MODELS = ['percentage', 'graduated_percentage', 'custom', 'dynamic'] as const
const CHARGE_MODELS = [...SERVED_MODELS, ...LATER_MODELS] as const

const ChargeFilterInput = named('ChargeFilterInput', {
  billable_metric_filter_id: uuid(),
  values: Optional(Type.Array(text())),
  properties: Optional(wire.object()),
  invoice_display_name: Optional(orNull(text({ max: 255 }))),
})
const ChargeInput = named('ChargeInput', {
  billable_metric_id: uuid(),
  charge_model: wire.choice(CHARGE_MODELS, { notYet: LATER_MODELS }),
  properties: Optional(wire.object()),
  filters: Optional(wire.notYet(Type.Array(ChargeFilterInput))),
})
const charges = () => Type.Array(ChargeInput, { maxItems: CHARGES_PER_PLAN_MAX })

/** Members of later parts of the API: named when they are sent, so that nobody believes they act. */
const later = {
  trial_period_days: Optional(wire.notYet(wire.integer({ minimum: 0 }))),
  minimum_commitment: Optional(wire.notYet(wire.object())),
  usage_thresholds: Optional(wire.notYet(Type.Array(wire.object()))),
  entitlements: Optional(wire.notYet(Type.Array(wire.object()))),
}
const PlanCreate = named('PlanCreate', {
  code: text({ min: 1, max: 255 }),
  name: text({ min: 1, max: 255 }),
  description: Optional(orNull(text())),
  interval: wire.choice(INTERVALS),
  amount_cents: Optional(wire.minor({ minimum: 0 })),
  currency: Optional(orNull(wire.currency())),
  charges: Optional(orNull(charges())),
  ...later,
})
const PlanUpdate = named('PlanUpdate', {
  name: Optional(orNull(text({ min: 1, max: 255 }))),
  description: Optional(orNull(text())),
  amount_cents: Optional(orNull(wire.minor({ minimum: 0 }))),
  currency: Optional(orNull(wire.currency())),
  charges: Optional(orNull(charges())),
  ...later,
})

const ChargeOutput = named('ChargeOutput', {
  id: uuid(),
  plan_id: uuid(),
  billable_metric_id: uuid(),
  charge_model: wire.label(CHARGE_MODELS),
  properties: wire.anyObject(),
  filters: Type.Array(wire.anyObject()),
  created_at: instant(),
  updated_at: instant(),
})
const PlanResponse = named('PlanResponse', {
  id: uuid(),
  code: text(),
  name: text(),
  description: orNull(text()),
  interval: wire.label(INTERVALS),
  amount_cents: wire.amountNumber(),
  currency: text(),
  trial_period_days: wire.integer(),
  charges: Type.Array(ChargeOutput),
  created_at: instant(),
  updated_at: instant(),
})

export const createPlan = operation({
  method: 'POST',
  path: '/v1/plans/',
  tag,
  summary: 'Create a plan with its charges',
  body: PlanCreate,
  response: PlanResponse,
  status: 201,
  errors: [400, 401, 409, 422],
})
export const listPlans = operation({
  method: 'GET',
  path: '/v1/plans/',
  tag,
  summary: 'List plans',
  query: Type.Object(sortedPage),
  response: Type.Array(PlanResponse),
  status: 200,
  errors: [401, 422],
  list: true,
})
export const getPlan = operation({
  method: 'GET',
  path: '/v1/plans/{plan_id}',
  tag,
  summary: 'Get a plan',
  params,
  response: PlanResponse,
  status: 200,
  errors: [401, 404, 422],
})
export const updatePlan = operation({
  method: 'PUT',
  path: '/v1/plans/{plan_id}',
  tag,
  summary: 'Change a plan; running subscriptions keep the version that they began with',
  params,
  body: PlanUpdate,
  response: PlanResponse,
  status: 200,
  errors: [400, 401, 404, 422],
})
export const deletePlan = operation({
  method: 'DELETE',
  path: '/v1/plans/{plan_id}',
  tag,
  summary: 'Archive a plan that no running subscription has',
  params,
  status: 204,
  errors: [401, 404, 422],
})
