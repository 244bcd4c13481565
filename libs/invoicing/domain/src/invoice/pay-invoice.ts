import { assertNever, minorOf, ok, refuse, type Result } from '@billstream/kernel'
import type { CommandOf } from '@billstream/event-sourcing-core'
import {
  InvoicePaid,
  InvoicePaymentFailed,
  InvoicePaymentStarted,
  type InvoiceEvent,
  type SettleInvoicePayment,
  type StartInvoicePayment,
} from '@billstream/invoicing-contracts'
import type { Attempt, FinalizedInvoice, InvoiceState } from './invoice.state'

/**
 * Hands out an attempt to pay what is due; the open one again: nothing more happens. Refusals: `invoice_not_finalized`,
 * `nothing_due`, `attempt_open`, `attempt_not_open` (it has its outcome). Source: architecture.md section 4.
 */
export function startPayment(
  { data }: CommandOf<typeof StartInvoicePayment>,
  state: InvoiceState,
): Result<InvoiceEvent[]> {
  switch (state.status) {
    case 'none':
    case 'skipped':
    case 'drafted':
    case 'finalizing':
      return refuse('invoice_not_finalized', 'The invoice is not issued yet.')
    case 'paid':
      return refuse('nothing_due', 'Nothing is due on the invoice.')
    case 'finalized':
      return handOut(data, state)
    default:
      return assertNever(state)
  }
}

function handOut({ paymentId, attempt }: Attempt, state: FinalizedInvoice): Result<InvoiceEvent[]> {
  const { invoiceId, customerId, currency, amountDue, feeIds, open, lastAttempt } = state
  if (open) return isSame(open, { paymentId, attempt }) ? ok([]) : refuse('attempt_open', 'An attempt is open.')
  if (attempt <= lastAttempt) return refuse('attempt_not_open', 'The attempt has its outcome.')
  const amount = amountDue
  return ok([
    InvoicePaymentStarted({ invoiceId, paymentId, attempt, amount, currency, customerId, feeIds: [...feeIds] }),
  ])
}

/**
 * The outcome of the open attempt. Refusals: `invoice_not_finalized`, `attempt_not_open`, `amount_mismatch` (something else than
 * what is due was paid).
 */
export function settlePayment(
  { data, metadata }: CommandOf<typeof SettleInvoicePayment>,
  state: InvoiceState,
): Result<InvoiceEvent[]> {
  if (state.status === 'paid') return refuse('attempt_not_open', 'The invoice is paid already.')
  if (state.status !== 'finalized') return refuse('invoice_not_finalized', 'The invoice is not issued yet.')
  if (!state.open || !isSame(state.open, data)) return refuse('attempt_not_open', 'That attempt is not open.')
  const { invoiceId, paymentId, attempt } = data
  const feeIds = [...state.feeIds]
  if (data.outcome === 'failed') return ok([InvoicePaymentFailed({ invoiceId, paymentId, attempt, feeIds })])
  if (minorOf(data.amount) !== minorOf(state.amountDue)) {
    return refuse('amount_mismatch', 'The amount paid is not the amount due.')
  }
  return ok([InvoicePaid({ invoiceId, paidAt: metadata.now, paymentId, feeIds })])
}

function isSame(a: Attempt, b: Attempt): boolean {
  return a.paymentId === b.paymentId && a.attempt === b.attempt
}
