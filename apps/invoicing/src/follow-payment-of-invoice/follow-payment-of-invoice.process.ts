import { PaymentFailed, PaymentOpened, PaymentRetried, PaymentSucceeded } from '@billstream/checkout-contracts'
import {
  isEvent,
  want,
  type ProcessDefinition,
  type RecordedEvent,
  type WantedCommand,
} from '@billstream/event-sourcing-core'
import { SettleInvoicePayment, StartInvoicePayment } from '@billstream/invoicing-contracts'

/**
 * The invoice hands out each attempt that its payment wants, and hears each outcome. One process, as the order counts: the
 * outcome of an attempt comes before the next one is handed out.
 */
export const followPaymentOfInvoice: ProcessDefinition = {
  name: 'follow-payment-of-invoice',
  context: 'invoicing',
  reactsTo: [PaymentOpened, PaymentRetried, PaymentSucceeded, PaymentFailed].map(({ type }) => type),
  react: (event) => [...attemptWanted(event), ...outcomeOf(event)],
  // The invoice was paid by another way meanwhile; checkout gives the attempt up by itself.
  refusals: { nothing_due: 'ignore' },
}

function attemptWanted(event: RecordedEvent): WantedCommand[] {
  if (isEvent(PaymentOpened, event)) {
    const { invoiceId, paymentId, method } = event.data
    return method === null ? [] : [want(StartInvoicePayment, { invoiceId, paymentId, attempt: 1 })]
  }
  if (!isEvent(PaymentRetried, event)) return []
  const { invoiceId, paymentId, attempt } = event.data
  return [want(StartInvoicePayment, { invoiceId, paymentId, attempt })]
}

function outcomeOf(event: RecordedEvent): WantedCommand[] {
  if (isEvent(PaymentSucceeded, event)) {
    const { invoiceId, paymentId, attempt, amount } = event.data
    return [want(SettleInvoicePayment, { invoiceId, paymentId, attempt, outcome: 'succeeded', amount })]
  }
  if (!isEvent(PaymentFailed, event)) return []
  const { invoiceId, paymentId, attempt } = event.data
  return [want(SettleInvoicePayment, { invoiceId, paymentId, attempt, outcome: 'failed', amount: '0' })]
}
