import { OpenPayment, paymentIdOf } from '@billstream/checkout-contracts'
import { isEvent, want, type ProcessDefinition } from '@billstream/event-sourcing-core'
import { InvoiceFinalized } from '@billstream/invoicing-contracts'
import { minorOf } from '@billstream/kernel'

/** Finalisation opens one payment per invoice on which something is due. Source: domain.md, section 10. */
export const openPaymentWhenInvoiceFinalized: ProcessDefinition = {
  name: 'open-payment-when-invoice-finalized',
  context: 'checkout',
  reactsTo: [InvoiceFinalized.type],
  react: (event) => {
    if (!isEvent(InvoiceFinalized, event)) return []
    const { invoiceId, customerId, currency, totals } = event.data
    if (minorOf(totals.amountDue) <= 0n) return []
    const paymentId = paymentIdOf(invoiceId)
    return [want(OpenPayment, { paymentId, invoiceId, customerId, amount: totals.amountDue, currency })]
  },
  refusals: { payment_exists: 'ignore' },
}
