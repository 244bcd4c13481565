import type { InvoiceRow } from '@billstream/invoicing-read-model'
import { amountText, exactText } from '../amount-text'

/** An invoice as GET shows it. Source: rules/boxbilling.md, sections 2 and 10. */
export function presentInvoice(invoice: InvoiceRow) {
  return {
    id: invoice.id,
    invoice_number: invoice.invoice_number,
    customer_id: invoice.customer_id,
    subscription_id: invoice.subscription_id,
    status: invoice.status,
    invoice_type: invoice.invoice_type,
    billing_period_start: invoice.billing_period_start,
    billing_period_end: invoice.billing_period_end,
    subtotal_cents: amountText(invoice.subtotal_cents),
    tax_amount_cents: amountText(invoice.tax_amount_cents),
    total_cents: amountText(invoice.total_cents),
    prepaid_credit_amount_cents: amountText(invoice.prepaid_credit_amount_cents),
    coupons_amount_cents: amountText(invoice.coupons_amount_cents),
    progressive_billing_credit_amount_cents: amountText(invoice.progressive_billing_credit_amount_cents),
    currency: invoice.currency,
    line_items: invoice.fees.map(presentLineItem),
    due_date: invoice.due_date,
    issued_at: invoice.issued_at,
    paid_at: invoice.paid_at,
    created_at: invoice.created_at,
    updated_at: invoice.updated_at,
  }
}

/** One line per fee, in order. */
function presentLineItem(fee: InvoiceRow['fees'][number]) {
  return {
    description: fee.description,
    quantity: exactText(fee.units),
    unit_price: exactText(fee.unitAmount),
    amount: amountText(fee.amount),
    charge_id: fee.chargeId,
    metric_code: fee.metricCode,
  }
}
