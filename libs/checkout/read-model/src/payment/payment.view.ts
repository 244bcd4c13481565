import { col, defineView, type ViewRow } from '@billstream/event-sourcing-core'

export const paymentView = defineView(
  'checkout',
  'payment',
  {
    invoice_id: col.uuid,
    customer_id: col.uuid,
    amount_cents: col.minor,
    currency: col.text,
    /** pending, processing, succeeded, failed, refunded, canceled */
    status: col.text,
    provider: col.text,
    provider_payment_id: col.nullable(col.text),
    failure_reason: col.nullable(col.text),
    attempt: col.integer,
    created_at: col.instant,
    updated_at: col.instant,
    completed_at: col.nullable(col.instant),
  },
  [['invoice_id'], ['customer_id'], ['status']],
)
export type PaymentRow = ViewRow<typeof paymentView>
