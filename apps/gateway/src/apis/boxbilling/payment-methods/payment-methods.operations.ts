import { Type } from '@sinclair/typebox'
import { named, sortedPage, wire } from '../../../edge/schema/wire'
import { operation } from '../boxbilling.api'

const { Optional } = Type
const { orNull, text, uuid, instant } = wire
const tag = 'Payment Methods'
const params = Type.Object({ payment_method_id: uuid() })

const PaymentMethodCreate = named('PaymentMethodCreate', {
  customer_id: uuid(),
  /** Any text by its shape: the core names those that it knows. */
  provider: text({ min: 1, max: 50 }),
  provider_payment_method_id: text({ min: 1, max: 255 }),
  type: text({ min: 1, max: 50 }),
  is_default: Optional(wire.boolean()),
  details: Optional(wire.object()),
})
const PaymentMethodResponse = named('PaymentMethodResponse', {
  id: uuid(),
  organization_id: uuid(),
  customer_id: uuid(),
  provider: text(),
  provider_payment_method_id: text(),
  type: text(),
  is_default: wire.boolean(),
  details: wire.anyObject(),
  created_at: instant(),
  updated_at: instant(),
})

export const createPaymentMethod = operation({
  method: 'POST',
  path: '/v1/payment_methods/',
  tag,
  summary: 'Keep a payment method of a customer by its token',
  body: PaymentMethodCreate,
  response: PaymentMethodResponse,
  status: 201,
  errors: [401, 422],
})
export const listPaymentMethods = operation({
  method: 'GET',
  path: '/v1/payment_methods/',
  tag,
  summary: 'List payment methods',
  query: Type.Object({ ...sortedPage, customer_id: Optional(orNull(uuid())) }),
  response: Type.Array(PaymentMethodResponse),
  status: 200,
  errors: [401, 422],
  list: true,
})
export const getPaymentMethod = operation({
  method: 'GET',
  path: '/v1/payment_methods/{payment_method_id}',
  tag,
  summary: 'Get a payment method',
  params,
  response: PaymentMethodResponse,
  status: 200,
  errors: [401, 404, 422],
})
export const setDefaultPaymentMethod = operation({
  method: 'POST',
  path: '/v1/payment_methods/{payment_method_id}/set_default',
  tag,
  summary: "Make a payment method its customer's default",
  params,
  response: PaymentMethodResponse,
  status: 200,
  errors: [401, 404, 422],
})
export const deletePaymentMethod = operation({
  method: 'DELETE',
  path: '/v1/payment_methods/{payment_method_id}',
  tag,
  summary: 'Delete a payment method that is not the default',
  params,
  status: 204,
  errors: [400, 401, 404, 422],
})
