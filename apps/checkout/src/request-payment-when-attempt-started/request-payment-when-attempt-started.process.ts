import { RequestPayment } from '@billstream/checkout-contracts'
import { isEvent, want, type ProcessDefinition } from '@billstream/event-sourcing-core'
import { InvoicePaymentStarted } from '@billstream/invoicing-contracts'

/** Checkout calls a provider only for an attempt that the invoice has handed out. Source: architecture.md, section 4. */
export const requestPaymentWhenAttemptStarted: ProcessDefinition = {
  name: 'request-payment-when-attempt-started',
  context: 'checkout',
  reactsTo: [InvoicePaymentStarted.type],
  react: (event) => {
    if (!isEvent(InvoicePaymentStarted, event)) return []
    const { paymentId, attempt, amount } = event.data
    return [want(RequestPayment, { paymentId, attempt, amount })]
  },
}
