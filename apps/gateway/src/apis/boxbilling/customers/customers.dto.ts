import { Type } from '@sinclair/typebox'
import { named, wire } from '../../../edge/schema/wire'

const { Optional } = Type
const { orNull, text, uuid, instant } = wire

/** Days of grace and of payment terms. */
const DAYS_MAX = 36_500
const days = () => wire.integer({ minimum: 0, maximum: DAYS_MAX })

/** The contract's defaults are documentation only: what is absent is inherited. */
const terms = {
  email: Optional(orNull(wire.email())),
  currency: Optional(orNull(wire.currency())),
  timezone: Optional(orNull(wire.timezone())),
  billing_metadata: Optional(orNull(wire.object())),
  invoice_grace_period: Optional(orNull(days())),
  net_payment_term: Optional(orNull(days())),
  billing_entity_id: Optional(wire.notYet(orNull(uuid()))),
}

export const CustomerCreate = named('CustomerCreate', {
  external_id: text({ min: 1, max: 255 }),
  name: text({ min: 1, max: 255 }),
  ...terms,
  test_clock_id: Optional(orNull(uuid())),
})

export const CustomerUpdate = named('CustomerUpdate', {
  name: Optional(orNull(text({ min: 1, max: 255 }))),
  ...terms,
})

export const CustomerResponse = named('CustomerResponse', {
  id: uuid(),
  external_id: text(),
  name: text(),
  email: orNull(text()),
  currency: text(),
  timezone: text(),
  billing_metadata: wire.anyObject(),
  invoice_grace_period: wire.integer(),
  net_payment_term: wire.integer(),
  billing_entity_id: orNull(uuid()),
  test_clock_id: orNull(uuid()),
  created_at: instant(),
  updated_at: instant(),
})

const BillableMetricUsage = named('BillableMetricUsage', { code: text(), name: text(), aggregation_type: text() })
const ChargeUsage = named('ChargeUsage', {
  billable_metric: BillableMetricUsage,
  units: wire.amountText(),
  amount_cents: wire.amountText(),
  charge_model: text(),
  filters: Type.Unsafe<Record<string, string>>({ type: 'object', additionalProperties: { type: 'string' } }),
})
export const CurrentUsageResponse = named('CurrentUsageResponse', {
  from_datetime: instant(),
  to_datetime: instant(),
  amount_cents: wire.amountText(),
  currency: text(),
  charges: Type.Array(ChargeUsage),
})
