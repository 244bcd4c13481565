import { isEvent, type EventOf } from '@billstream/event-sourcing-core'
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

/** Everything that explains an invoice; undefined when there is none. */
export async function explainInvoice(
  invoiceId: string,
  ports: Pick<OpsPorts, 'eventStore'>,
): Promise<ExplainedInvoice | undefined> {
  let head: Head | undefined
  let [status, number, issuedAt]: [ExplainedInvoice['status'], string | null, string | null] = ['draft', null, null]
  let content: InvoiceContent | undefined
  for await (const event of ports.eventStore.read(`invoice-${invoiceId}`)) {
    if (isEvent(InvoiceDrafted, event)) [head, status] = [headOf(event.data), 'draft']
    if (isEvent(InvoiceDrafted, event) || isEvent(InvoiceRefreshed, event) || isEvent(InvoiceFinalized, event))
      content = event.data
    if (isEvent(InvoiceFinalized, event))
      [status, number, issuedAt] = ['finalized', event.data.number, event.data.issuedAt]
    if (isEvent(InvoicePaid, event)) status = 'paid'
    if (isEvent(InvoiceSkipped, event)) status = 'skipped'
  }
  if (!head || !content) return undefined
  const { fees, taxes, totals, measurementId } = content
  const measurement = measurementId === null ? undefined : await measurementOf(measurementId, ports)
  const own = { fees, taxes, totals, measurementId }
  return { ...head, status, number, issuedAt, content: own, measurement: measurement ?? null }
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
