import { Type } from '@sinclair/typebox'
import { named, sortedPage, wire } from '../../../edge/schema/wire'
import { operation } from '../boxbilling.api'

const { Optional } = Type
const { orNull, text, uuid, instant } = wire
const tag = 'Payments'
const params = Type.Object({ payment_id: uuid() })

const STATUSES = ['pending', 'processing', 'succeeded', 'failed', 'refunded', 'canceled'] as const
const PROVIDERS = ['stripe', 'manual', 'ucp', 'gocardless', 'adyen', 'sandbox'] as const

const PaymentResponse = named('PaymentResponse', {
  id: uuid(),
  invoice_id: uuid(),
  customer_id: uuid(),
  amount_cents: wire.amountText(),
  currency: text(),
  status: wire.label(STATUSES),
  provider: text(),
  provider_payment_id: orNull(text()),
  provider_checkout_id: orNull(text()),
  provider_checkout_url: orNull(text()),
  failure_reason: orNull(text()),
  payment_metadata: orNull(wire.anyObject()),
  created_at: instant(),
  updated_at: instant(),
  completed_at: orNull(instant()),
})

export const listPayments = operation({
  method: 'GET',
  path: '/v1/payments/',
  tag,
  summary: 'List payments',
  query: Type.Object({
    ...sortedPage,
    invoice_id: Optional(orNull(uuid())),
    customer_id: Optional(orNull(uuid())),
    status: Optional(orNull(wire.choice(STATUSES))),
    provider: Optional(orNull(wire.choice(PROVIDERS))),
  }),
  response: Type.Array(PaymentResponse),
  status: 200,
  errors: [401, 422],
  list: true,
})
export const getPayment = operation({
  method: 'GET',
  path: '/v1/payments/{payment_id}',
  tag,
  summary: 'Get a payment',
  params,
  response: PaymentResponse,
  status: 200,
  errors: [401, 404, 422],
})
export const retryPayment = operation({
  method: 'POST',
  path: '/v1/payments/{payment_id}/retry',
  tag,
  summary: 'Try a failed payment again, with the present default method',
  params,
  response: PaymentResponse,
  status: 200,
  errors: [400, 401, 404, 422],
})
