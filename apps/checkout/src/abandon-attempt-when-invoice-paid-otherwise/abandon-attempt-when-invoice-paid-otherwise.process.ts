import {
  AbandonPaymentAttempt,
  PaymentAttemptAbandoned,
  PaymentOpened,
  PaymentRequested,
  PaymentRetried,
} from '@billstream/checkout-contracts'
import { isEvent, want, type ProcessDefinition, type RecordedEvent } from '@billstream/event-sourcing-core'
import { InvoicePaid } from '@billstream/invoicing-contracts'

/** Of one invoice: whether it is paid, and the attempt that is wanted and not handed out. */
interface WantedAttempt {
  readonly paid: boolean
  readonly wanted: { readonly paymentId: string; readonly attempt: number } | null
}

/**
 * An invoice that was paid by another way hands out no attempt any more, so one that is still wanted is given up. The two
 * facts come from two streams, in any order.
 */
export const abandonAttemptWhenInvoicePaidOtherwise: ProcessDefinition<WantedAttempt> = {
  name: 'abandon-attempt-when-invoice-paid-otherwise',
  context: 'checkout',
  reactsTo: [PaymentOpened, PaymentRetried, PaymentRequested, PaymentAttemptAbandoned, InvoicePaid].map(
    ({ type }) => type,
  ),
  key: (event) => (event.data as { invoiceId: string }).invoiceId,
  initial: { paid: false, wanted: null },
  evolve,
  react: (_event, { paid, wanted }) =>
    paid && wanted ? [want(AbandonPaymentAttempt, { ...wanted, reason: 'invoice_paid' })] : [],
  // The invoice handed it out before it was paid: then its outcome ends it.
  refusals: { attempt_not_wanted: 'ignore' },
}

function evolve(state: WantedAttempt, event: RecordedEvent): WantedAttempt {
  if (isEvent(InvoicePaid, event)) return { ...state, paid: true }
  if (isEvent(PaymentOpened, event)) {
    const { method, paymentId } = event.data
    return { ...state, wanted: method && { paymentId, attempt: 1 } }
  }
  if (isEvent(PaymentRetried, event)) {
    const { paymentId, attempt } = event.data
    return { ...state, wanted: { paymentId, attempt } }
  }
  return { ...state, wanted: null }
}
