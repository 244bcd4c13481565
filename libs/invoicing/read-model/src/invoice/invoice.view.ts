import { col, defineView, type ViewRow } from '@billstream/event-sourcing-core'
import type { Fee, InvoiceContent } from '@billstream/invoicing-contracts'

export const invoiceView = defineView(
  'invoicing',
  'invoice',
  {
    /** `DRAFT-` and 8 hex until it is finalized. */
    invoice_number: col.text,
    customer_id: col.uuid,
    subscription_id: col.nullable(col.uuid),
    /** draft (also while it is being finalized), finalized, paid, voided */
    status: col.text,
    invoice_type: col.text,
    currency: col.text,
    billing_period_start: col.instant,
    billing_period_end: col.instant,
    subtotal_cents: col.minor,
    coupons_amount_cents: col.minor,
    tax_amount_cents: col.minor,
    progressive_billing_credit_amount_cents: col.minor,
    prepaid_credit_amount_cents: col.minor,
    total_cents: col.minor,
    amount_due_cents: col.minor,
    fees: col.json<Fee[]>(),
    taxes: col.json<InvoiceContent['taxes']>(),
    /** none, pending, failed, succeeded */
    payment_status: col.text,
    finalize_at: col.nullable(col.instant),
    due_date: col.nullable(col.instant),
    issued_at: col.nullable(col.instant),
    paid_at: col.nullable(col.instant),
    created_at: col.instant,
    updated_at: col.instant,
  },
  [['customer_id'], ['subscription_id'], ['status'], ['invoice_number']],
)
export type InvoiceRow = ViewRow<typeof invoiceView>
