import type { PaymentRow } from '@billstream/checkout-read-model'
import { amountText } from '../amount-text'

/** A payment as GET shows it; it has no checkout session and no metadata yet. Source: rules/boxbilling.md, section 12. */
export function presentPayment(payment: PaymentRow) {
  return {
    id: payment.id,
    invoice_id: payment.invoice_id,
    customer_id: payment.customer_id,
    amount_cents: amountText(payment.amount_cents),
    currency: payment.currency,
    status: payment.status,
    provider: payment.provider,
    provider_payment_id: payment.provider_payment_id,
    provider_checkout_id: null,
    provider_checkout_url: null,
    failure_reason: payment.failure_reason,
    payment_metadata: null,
    created_at: payment.created_at,
    updated_at: payment.updated_at,
    completed_at: payment.completed_at,
  }
}
