import { addCivilDays, minorOf, ok, refuse, type Result } from '@billstream/kernel'
import type { CommandOf, EventOf } from '@billstream/event-sourcing-core'
import {
  InvoiceFinalizationStarted,
  InvoiceFinalized,
  InvoicePaid,
  InvoiceSkipped,
  type CompleteFinalization,
  type InvoiceContent,
  type InvoiceEvent,
  type StartFinalization,
} from '@billstream/invoicing-contracts'
import { comesToNothing, composeInvoice } from '../compose-invoice/compose-invoice'
import type { InvoiceInputs } from '../compose-invoice/invoice-inputs'
import { allFees, droppedFees } from './draft-invoice'
import type { FinalizingInvoice, InvoiceState } from './invoice.state'

/** number: taken by the gatherer for what has fees, and only then. buyer: as the issued invoice keeps it. */
export interface FinalizationFacts {
  readonly inputs: InvoiceInputs
  readonly number: string | null
  readonly buyer: EventOf<typeof InvoiceFinalized>['data']['personal']
}

/** Locks the draft. Refusals: `invoice_not_found`, `invoice_not_draft`. */
export function startFinalization(
  { data }: CommandOf<typeof StartFinalization>,
  state: InvoiceState,
): Result<InvoiceEvent[]> {
  if (state.status === 'none' || state.status === 'skipped') {
    return refuse('invoice_not_found', 'There is no such invoice.')
  }
  if (state.status !== 'drafted') return refuse('invoice_not_draft', 'Only a draft can be finalized.')
  return ok([InvoiceFinalizationStarted({ invoiceId: data.invoiceId, measured: state.head.measured })])
}

/**
 * Issues the locked draft from its last measurement. When nothing is left to bill there is no invoice, and no number is used.
 * Amount due 0: paid at once. Refusals: `invoice_not_finalizing`; `money_overflow`, before a number is taken.
 */
export function completeFinalization(
  { data, facts }: CommandOf<typeof CompleteFinalization>,
  state: InvoiceState,
): Result<InvoiceEvent[]> {
  if (state.status !== 'finalizing') return refuse('invoice_not_finalizing', 'Its finalization is not under way.')
  const { inputs } = facts as FinalizationFacts
  const content = composeInvoice(inputs)
  if (!content.ok) return content
  const { fees, measurementId, totals } = content.value
  const { invoiceId, subscriptionId } = state.head
  if (comesToNothing(inputs, content.value)) {
    const droppedFeeIds = allFees(state.content)
    return ok([InvoiceSkipped({ invoiceId, reason: 'no_fees', subscriptionId, measurementId, droppedFeeIds })])
  }
  const finalized = issued(state, facts as FinalizationFacts, content.value, data.issuedAt)
  if (minorOf(totals.amountDue) > 0n) return ok([finalized])
  const feeIds = fees.map(({ feeId }) => feeId)
  return ok([finalized, InvoicePaid({ invoiceId, paidAt: data.issuedAt, paymentId: null, feeIds })])
}

function issued(
  { head, content }: FinalizingInvoice,
  { number, buyer }: FinalizationFacts,
  final: InvoiceContent,
  issuedAt: string,
): InvoiceEvent {
  if (number === null) throw new TypeError('An invoice with fees is issued under a number.')
  const { invoiceId, customerId, subscriptionId, currency, timezone, netPaymentTermDays } = head
  return InvoiceFinalized({
    invoiceId,
    customerId,
    subscriptionId,
    number,
    issuedAt,
    dueDate: addCivilDays(issuedAt, netPaymentTermDays, timezone),
    currency,
    ...final,
    droppedFeeIds: droppedFees(content, final),
    personal: buyer,
  })
}
