import { Type } from '@sinclair/typebox'
import { named, sortedPage, wire } from '../../../edge/schema/wire'
import { operation } from '../boxbilling.api'

const { Optional } = Type
const { orNull, text, uuid, instant } = wire
const tag = 'Fees'

const FEE_TYPES = ['charge', 'subscription', 'add_on', 'credit', 'commitment'] as const
const PAYMENT_STATUSES = ['pending', 'succeeded', 'failed', 'refunded'] as const

const FeeResponse = named('FeeResponse', {
  id: uuid(),
  invoice_id: orNull(uuid()),
  charge_id: orNull(uuid()),
  subscription_id: orNull(uuid()),
  commitment_id: orNull(uuid()),
  customer_id: uuid(),
  fee_type: wire.label(FEE_TYPES),
  amount_cents: wire.amountText(),
  taxes_amount_cents: wire.amountText(),
  total_amount_cents: wire.amountText(),
  units: wire.amountText(),
  events_count: wire.integer(),
  unit_amount_cents: wire.amountText(),
  payment_status: wire.label(PAYMENT_STATUSES),
  description: orNull(text()),
  metric_code: orNull(text()),
  properties: wire.anyObject(),
  created_at: instant(),
  updated_at: instant(),
})

export const listFees = operation({
  method: 'GET',
  path: '/v1/fees/',
  tag,
  summary: 'List fees',
  query: Type.Object({
    ...sortedPage,
    invoice_id: Optional(orNull(uuid())),
    customer_id: Optional(orNull(uuid())),
    subscription_id: Optional(orNull(uuid())),
    fee_type: Optional(orNull(wire.choice(FEE_TYPES))),
    payment_status: Optional(orNull(wire.choice(PAYMENT_STATUSES))),
  }),
  response: Type.Array(FeeResponse),
  status: 200,
  errors: [401, 422],
  list: true,
})
export const getFee = operation({
  method: 'GET',
  path: '/v1/fees/{fee_id}',
  tag,
  summary: 'Get a fee',
  params: Type.Object({ fee_id: uuid() }),
  response: FeeResponse,
  status: 200,
  errors: [401, 404, 422],
})
