import { addCivilDays, assertNever, compareInstants, ok, refuse, type Result } from '@billstream/kernel'
import type { CommandOf } from '@billstream/event-sourcing-core'
import {
  InvoiceDrafted,
  InvoiceRefreshed,
  InvoiceSkipped,
  type DraftInvoice,
  type InvoiceContent,
  type InvoiceEvent,
  type RefreshInvoice,
} from '@billstream/invoicing-contracts'
import { billingPeriodOf, comesToNothing, composeInvoice } from '../compose-invoice/compose-invoice'
import type { InvoiceInputs } from '../compose-invoice/invoice-inputs'
import type { DraftedInvoice, InvoiceHead, InvoiceState } from './invoice.state'

/** What a measurement's boundary, the customer and the organization say. graceDays: civil days in the billing timezone. */
export interface DraftFacts {
  readonly inputs: InvoiceInputs
  readonly head: Omit<InvoiceHead, 'invoiceId' | 'billingPeriod' | 'finalizeAt'>
  readonly graceDays: number
}

type Draft = CommandOf<typeof DraftInvoice>
type Refresh = CommandOf<typeof RefreshInvoice>

/** The first measurement of a boundary. No fees: no invoice. Refusals: `invoice_exists`, `money_overflow`. */
export function draftInvoice(command: Draft, state: InvoiceState): Result<InvoiceEvent[]> {
  if (state.status !== 'none') return refuse('invoice_exists', 'This boundary has its invoice already.')
  const { inputs } = command.facts as DraftFacts
  const content = composeInvoice(inputs)
  if (!content.ok) return content
  if (comesToNothing(inputs, content.value)) return ok([skipped(command.data.invoiceId, content.value, command.facts)])
  return ok([drafted(command, content.value)])
}

/**
 * A later measurement of the same boundary. It may come before the first one, and brings back an invoice that was skipped while
 * its grace lasts. Refusals: `invoice_not_draft`, `money_overflow`.
 */
export function refreshInvoice(command: Refresh, state: InvoiceState): Result<InvoiceEvent[]> {
  switch (state.status) {
    case 'none':
      return draftInvoice({ ...command, type: 'DraftInvoice' }, state)
    case 'skipped':
      return draftAgain(command)
    case 'drafted':
      return refreshDraft(command, state)
    case 'finalizing':
    case 'finalized':
    case 'paid':
      return refuse('invoice_not_draft', 'The invoice is not a draft any more.')
    default:
      return assertNever(state)
  }
}

/** After the grace what came late is a correction on the next invoice. */
function draftAgain(command: Refresh): Result<InvoiceEvent[]> {
  const facts = command.facts as DraftFacts
  if (compareInstants(finalizeAt(facts), command.metadata.now) <= 0) {
    return refuse('invoice_not_draft', 'There was nothing to bill, and the grace period is over.')
  }
  const content = composeInvoice(facts.inputs)
  if (!content.ok) return content
  return ok(comesToNothing(facts.inputs, content.value) ? [] : [drafted(command, content.value)])
}

function refreshDraft(command: Refresh, state: DraftedInvoice): Result<InvoiceEvent[]> {
  const { inputs } = command.facts as DraftFacts
  if (isOlder(inputs.watermark, state.watermark)) return ok([])
  const content = composeInvoice(inputs)
  if (!content.ok) return content
  const droppedFeeIds = droppedFees(state.content, content.value)
  const { invoiceId, customerId, subscriptionId } = state.head
  if (comesToNothing(inputs, content.value)) {
    return ok([skipped(invoiceId, content.value, command.facts, allFees(state.content))])
  }
  return ok([InvoiceRefreshed({ invoiceId, customerId, subscriptionId, ...content.value, droppedFeeIds })])
}

/** Measurements of one boundary may arrive in any order; the one that saw more usage stays. */
function isOlder(watermark: string | null, present: string | null): boolean {
  return watermark !== null && present !== null && BigInt(watermark) < BigInt(present)
}

/** Fees of a draft that comes to nothing. */
export function allFees({ fees }: InvoiceContent): string[] {
  return fees.map(({ feeId }) => feeId)
}

/** Fees of a draft that its new content has no more. */
export function droppedFees(before: InvoiceContent, after: InvoiceContent): string[] {
  const kept = new Set(after.fees.map(({ feeId }) => feeId))
  return before.fees.map(({ feeId }) => feeId).filter((feeId) => !kept.has(feeId))
}

function drafted({ data, facts }: Draft | Refresh, content: InvoiceContent): InvoiceEvent {
  const { inputs, head } = facts as DraftFacts
  return InvoiceDrafted({
    invoiceId: data.invoiceId,
    ...head,
    billingPeriod: billingPeriodOf(inputs, head.boundaryAt),
    finalizeAt: finalizeAt(facts as DraftFacts),
    ...content,
  })
}

function finalizeAt({ head, graceDays }: DraftFacts): string {
  return addCivilDays(head.boundaryAt, graceDays, head.timezone)
}

function skipped(
  invoiceId: string,
  { measurementId }: InvoiceContent,
  facts: unknown,
  droppedFeeIds: string[] = [],
): InvoiceEvent {
  const { subscriptionId } = (facts as DraftFacts).head
  return InvoiceSkipped({ invoiceId, reason: 'no_fees', subscriptionId, measurementId, droppedFeeIds })
}
