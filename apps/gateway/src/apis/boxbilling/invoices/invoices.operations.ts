import { Type } from '@sinclair/typebox'
import { named, sortedPage, wire } from '../../../edge/schema/wire'
import { operation } from '../boxbilling.api'

const { Optional } = Type
const { orNull, text, uuid, instant } = wire
const tag = 'Invoices'
const params = Type.Object({ invoice_id: uuid() })

const STATUSES = ['draft', 'finalized', 'paid', 'voided'] as const

const InvoiceLineItemResponse = named('InvoiceLineItemResponse', {
  description: text(),
  quantity: wire.amountText(),
  unit_price: wire.amountText(),
  amount: wire.amountText(),
  charge_id: orNull(uuid()),
  metric_code: orNull(text()),
})
const InvoiceResponse = named('InvoiceResponse', {
  id: uuid(),
  invoice_number: text(),
  customer_id: uuid(),
  subscription_id: orNull(uuid()),
  status: wire.label(STATUSES),
  invoice_type: wire.label(['subscription', 'progressive_billing', 'add_on', 'one_off', 'credit']),
  billing_period_start: instant(),
  billing_period_end: instant(),
  subtotal_cents: wire.amountText(),
  tax_amount_cents: wire.amountText(),
  total_cents: wire.amountText(),
  prepaid_credit_amount_cents: wire.amountText(),
  coupons_amount_cents: wire.amountText(),
  progressive_billing_credit_amount_cents: wire.amountText(),
  currency: text(),
  line_items: Type.Array(InvoiceLineItemResponse),
  due_date: orNull(instant()),
  issued_at: orNull(instant()),
  paid_at: orNull(instant()),
  created_at: instant(),
  updated_at: instant(),
})
/** The subscription's real period where a bound is absent. */
const InvoicePreviewRequest = named('InvoicePreviewRequest', {
  subscription_id: uuid(),
  billing_period_start: Optional(orNull(instant())),
  billing_period_end: Optional(orNull(instant())),
})
const FeePreview = named('FeePreview', {
  description: text(),
  units: wire.amountText(),
  unit_amount_cents: wire.amountText(),
  amount_cents: wire.amountText(),
  charge_model: orNull(text()),
  metric_code: orNull(text()),
})
const InvoicePreviewResponse = named('InvoicePreviewResponse', {
  subtotal_cents: wire.amountText(),
  tax_amount_cents: wire.amountText(),
  coupons_amount_cents: wire.amountText(),
  prepaid_credit_amount_cents: wire.amountText(),
  total_cents: wire.amountText(),
  currency: text(),
  fees: Type.Array(FeePreview),
})

export const listInvoices = operation({
  method: 'GET',
  path: '/v1/invoices/',
  tag,
  summary: 'List invoices',
  query: Type.Object({
    ...sortedPage,
    customer_id: Optional(orNull(uuid())),
    subscription_id: Optional(orNull(uuid())),
    status: Optional(orNull(wire.choice(STATUSES))),
  }),
  response: Type.Array(InvoiceResponse),
  status: 200,
  errors: [401, 422],
  list: true,
})
export const previewInvoice = operation({
  method: 'POST',
  path: '/v1/invoices/preview',
  tag,
  summary: 'The next invoice of an active subscription from what is known now; nothing is written',
  body: InvoicePreviewRequest,
  response: InvoicePreviewResponse,
  status: 200,
  errors: [400, 401, 422],
})
export const getInvoice = operation({
  method: 'GET',
  path: '/v1/invoices/{invoice_id}',
  tag,
  summary: 'Get an invoice',
  params,
  response: InvoiceResponse,
  status: 200,
  errors: [401, 404, 422],
})
export const finalizeInvoice = operation({
  method: 'POST',
  path: '/v1/invoices/{invoice_id}/finalize',
  tag,
  summary: 'Finalize a draft: it gets its number and is charged',
  params,
  response: InvoiceResponse,
  status: 200,
  errors: [400, 401, 404, 409, 422],
})
