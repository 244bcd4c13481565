import { assertNever } from '@billstream/kernel'
import type { EventOf } from '@billstream/event-sourcing-core'
import type { InvoiceContent, InvoiceDrafted, InvoiceEvent } from '@billstream/invoicing-contracts'

type DraftData = EventOf<typeof InvoiceDrafted>['data']
/** What a draft fixes for good. */
export type InvoiceHead = Omit<DraftData, keyof InvoiceContent>

export interface DraftedInvoice {
  readonly status: 'drafted'
  readonly head: InvoiceHead
  readonly content: InvoiceContent
  /** Position of the usage up to which it was measured; null when nothing was. */
  readonly watermark: string | null
}

/** Locked: only the last measurement changes it, and then it is finalized. */
export interface FinalizingInvoice extends Omit<DraftedInvoice, 'status'> {
  readonly status: 'finalizing'
}

interface IssuedInvoice {
  readonly invoiceId: string
  readonly customerId: string
  readonly currency: string
  readonly amountDue: string
  readonly feeIds: readonly string[]
}

export interface Attempt {
  readonly paymentId: string
  readonly attempt: number
}

export interface FinalizedInvoice extends IssuedInvoice {
  readonly status: 'finalized'
  /** The attempt that was handed out and whose outcome is unknown. */
  readonly open: Attempt | null
  /** The greatest attempt handed out; 0 before the first. */
  readonly lastAttempt: number
}

interface PaidInvoice extends IssuedInvoice {
  readonly status: 'paid'
}

/** `skipped`: no fees, so no invoice. */
export type InvoiceState =
  | { readonly status: 'none' }
  | { readonly status: 'skipped' }
  | DraftedInvoice
  | FinalizingInvoice
  | FinalizedInvoice
  | PaidInvoice

export const noInvoice: InvoiceState = { status: 'none' }

type Of<Type extends InvoiceEvent['type']> = Extract<InvoiceEvent, { type: Type }>

export function evolveInvoice(state: InvoiceState, event: InvoiceEvent): InvoiceState {
  switch (event.type) {
    case 'InvoiceDrafted':
      return drafted(event.data)
    case 'InvoiceSkipped':
      return { status: 'skipped' }
    case 'InvoiceRefreshed':
      return refreshed(state, event.data)
    case 'InvoiceFinalizationStarted':
      return locked(state)
    case 'InvoiceFinalized':
      return finalized(event)
    case 'InvoicePaymentStarted':
    case 'InvoicePaymentFailed':
    case 'InvoicePaid':
      return evolvePayment(state, event)
    default:
      return assertNever(event)
  }
}

function refreshed(state: InvoiceState, { fees, taxes, totals, measurementId }: InvoiceContent): InvoiceState {
  if (state.status !== 'drafted') return state
  const content = { fees, taxes, totals, measurementId }
  return { ...state, content, watermark: watermarkOf(content) }
}

function locked(state: InvoiceState): InvoiceState {
  return state.status === 'drafted' ? { ...state, status: 'finalizing' } : state
}

function evolvePayment(
  state: InvoiceState,
  event: Of<'InvoicePaymentStarted' | 'InvoicePaymentFailed' | 'InvoicePaid'>,
): InvoiceState {
  if (state.status !== 'finalized') return state
  switch (event.type) {
    case 'InvoicePaymentStarted': {
      const { paymentId, attempt } = event.data
      return { ...state, open: { paymentId, attempt }, lastAttempt: attempt }
    }
    case 'InvoicePaymentFailed':
      return { ...state, open: null }
    case 'InvoicePaid': {
      const { invoiceId, customerId, currency, feeIds } = state
      return { status: 'paid', invoiceId, customerId, currency, feeIds, amountDue: '0' }
    }
    default:
      return assertNever(event)
  }
}

function drafted(data: DraftData): DraftedInvoice {
  const { fees, taxes, totals, measurementId, ...head } = data
  const content = { fees, taxes, totals, measurementId }
  return { status: 'drafted', head, content, watermark: watermarkOf(content) }
}

function finalized({ data }: Of<'InvoiceFinalized'>): FinalizedInvoice {
  const { invoiceId, customerId, currency, totals, fees } = data
  return {
    status: 'finalized',
    invoiceId,
    customerId,
    currency,
    amountDue: totals.amountDue,
    feeIds: fees.map(({ feeId }) => feeId),
    open: null,
    lastAttempt: 0,
  }
}

function watermarkOf({ fees }: InvoiceContent): string | null {
  return fees.find(({ cause }) => cause.watermark !== null)?.cause.watermark ?? null
}
