import { Type } from '@sinclair/typebox'
import { named, sortedPage, wire } from '../../../edge/schema/wire'
import { operation } from '../boxbilling.api'

const { Optional } = Type
const { orNull, text, uuid, instant } = wire
const tag = 'Subscriptions'
const params = Type.Object({ subscription_id: uuid() })

const STATUSES = ['pending', 'active', 'paused', 'canceled', 'terminated']
const terminationAction = () => wire.choice(['generate_invoice', 'generate_credit_note', 'skip'])

const SubscriptionCreate = named('SubscriptionCreate', {
  external_id: text({ min: 1, max: 255 }),
  customer_id: uuid(),
  plan_id: uuid(),
  started_at: Optional(orNull(instant())),
  billing_time: Optional(wire.choice(['calendar', 'anniversary'])),
  trial_period_days: Optional(wire.notYet(wire.integer())),
  subscription_at: Optional(orNull(instant())),
  pay_in_advance: Optional(wire.boolean()),
  on_termination_action: Optional(terminationAction()),
})
const SubscriptionResponse = named('SubscriptionResponse', {
  id: uuid(),
  external_id: text(),
  customer_id: uuid(),
  plan_id: uuid(),
  status: wire.label(STATUSES),
  billing_time: text(),
  trial_period_days: wire.integer(),
  trial_ended_at: orNull(instant()),
  subscription_at: orNull(instant()),
  pay_in_advance: wire.boolean(),
  previous_plan_id: orNull(uuid()),
  downgraded_at: orNull(instant()),
  on_termination_action: text(),
  started_at: orNull(instant()),
  ending_at: orNull(instant()),
  canceled_at: orNull(instant()),
  paused_at: orNull(instant()),
  resumed_at: orNull(instant()),
  created_at: instant(),
  updated_at: instant(),
})
const NextBillingDateResponse = named('NextBillingDateResponse', {
  next_billing_date: instant(),
  current_period_started_at: instant(),
  interval: text(),
  days_until_next_billing: wire.integer(),
})

export const createSubscription = operation({
  method: 'POST',
  path: '/v1/subscriptions/',
  tag,
  summary: 'Subscribe a customer to a plan',
  body: SubscriptionCreate,
  response: SubscriptionResponse,
  status: 201,
  errors: [400, 401, 409, 422],
})
export const listSubscriptions = operation({
  method: 'GET',
  path: '/v1/subscriptions/',
  tag,
  summary: 'List subscriptions',
  query: Type.Object({ ...sortedPage, customer_id: Optional(orNull(uuid())) }),
  response: Type.Array(SubscriptionResponse),
  status: 200,
  errors: [401, 422],
  list: true,
})
export const getSubscription = operation({
  method: 'GET',
  path: '/v1/subscriptions/{subscription_id}',
  tag,
  summary: 'Get a subscription',
  params,
  response: SubscriptionResponse,
  status: 200,
  errors: [401, 404, 422],
})
export const terminateSubscription = operation({
  method: 'DELETE',
  path: '/v1/subscriptions/{subscription_id}',
  tag,
  summary: 'Terminate a subscription at once',
  params,
  query: Type.Object({ on_termination_action: Optional(terminationAction()) }),
  status: 204,
  errors: [401, 404, 422],
})
export const activateSubscription = operation({
  method: 'POST',
  path: '/v1/subscriptions/{subscription_id}/activate',
  tag,
  summary: 'Start a pending subscription now',
  params,
  response: SubscriptionResponse,
  status: 200,
  errors: [400, 401, 404, 422],
})
export const getNextBillingDate = operation({
  method: 'GET',
  path: '/v1/subscriptions/{subscription_id}/next_billing_date',
  tag,
  summary: 'When a subscription is billed next',
  params,
  response: NextBillingDateResponse,
  status: 200,
  errors: [400, 401, 404, 422],
})
