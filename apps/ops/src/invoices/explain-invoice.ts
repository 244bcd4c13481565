import { isEvent, type EventOf, type RecordedEvent } from '@billstream/event-sourcing-core'
import {
  InvoiceDrafted,
  InvoiceFinalized,
  InvoicePaid,
  InvoiceRefreshed,
  InvoiceSkipped,
  type InvoiceContent,
} from '@billstream/invoicing-contracts'
import type { OpsPorts } from '../ops'
import { measurementOf, type Measurement } from './measured-inputs'

/** An invoice as its events left it, with what was measured for it. */
export interface ExplainedInvoice {
  readonly invoiceId: string
  readonly status: 'draft' | 'finalized' | 'paid' | 'skipped'
  readonly number: string | null
  readonly customerId: string
  readonly subscriptionId: string | null
  readonly currency: string
  readonly billingPeriod: { readonly start: string; readonly end: string }
  readonly boundaryAt: string
  readonly issuedAt: string | null
  readonly content: InvoiceContent
  /** What is measured is a recorded fact; null when nothing was. */
  readonly measurement: Measurement | null
}

type Head = Omit<ExplainedInvoice, 'status' | 'number' | 'issuedAt' | 'content' | 'measurement'>
type Told = Omit<ExplainedInvoice, 'measurement'>

/** Everything that explains an invoice; undefined when there is none. */
export async function explainInvoice(
  invoiceId: string,
  ports: Pick<OpsPorts, 'eventStore'>,
): Promise<ExplainedInvoice | undefined> {
  let invoice: Told | undefined
  for await (const event of ports.eventStore.read(`invoice-${invoiceId}`)) invoice = told(invoice, event)
  if (!invoice) return undefined
  const { measurementId } = invoice.content
  const measurement = measurementId === null ? undefined : await measurementOf(measurementId, ports)
  return { ...invoice, measurement: measurement ?? null }
}

/** What is known of the invoice after an event. */
function told(before: Told | undefined, event: RecordedEvent): Told | undefined {
  if (isEvent(InvoiceDrafted, event)) {
    return { ...headOf(event.data), status: 'draft', number: null, issuedAt: null, content: contentOf(event.data) }
  }
  if (!before) return undefined
  if (isEvent(InvoiceRefreshed, event)) return { ...before, content: contentOf(event.data) }
  if (isEvent(InvoiceFinalized, event)) {
    const { number, issuedAt } = event.data
    return { ...before, status: 'finalized', number, issuedAt, content: contentOf(event.data) }
  }
  if (isEvent(InvoicePaid, event)) return { ...before, status: 'paid' }
  return isEvent(InvoiceSkipped, event) ? { ...before, status: 'skipped' } : before
}

function contentOf({ fees, taxes, totals, measurementId }: InvoiceContent): InvoiceContent {
  return { fees, taxes, totals, measurementId }
}

function headOf(data: EventOf<typeof InvoiceDrafted>['data']): Head {
  const { invoiceId, customerId, subscriptionId, currency, billingPeriod, boundaryAt } = data
  return { invoiceId, customerId, subscriptionId, currency, billingPeriod, boundaryAt }
}

/** Whether the parts add up: fees to the subtotal, taxes to the tax, both to the total. */
export function addsUp({ fees, taxes, totals }: InvoiceContent): boolean {
  const sum = (amounts: readonly string[]): bigint => amounts.reduce((total, amount) => total + BigInt(amount), 0n)
  const tax = sum(taxes.map(({ amount }) => amount))
  const expected = BigInt(totals.subtotal) - BigInt(totals.coupons) + tax - BigInt(totals.progressiveCredit)
  return (
    sum(fees.map(({ amount }) => amount)) === BigInt(totals.subtotal) &&
    sum(fees.map(({ taxAmount }) => taxAmount)) === tax &&
    tax === BigInt(totals.tax) &&
    expected === BigInt(totals.total) &&
    BigInt(totals.total) - BigInt(totals.prepaidCredit) === BigInt(totals.amountDue)
  )
}
