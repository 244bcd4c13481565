import type { RecordedEvent } from '@billstream/event-sourcing-core'
import { isEvent } from '@billstream/event-sourcing-core'
import {
  InvoiceDrafted,
  InvoiceFinalized,
  InvoiceRefreshed,
  InvoiceSkipped,
  type InvoiceContent,
} from '@billstream/invoicing-contracts'
import { carries, periodInvoiceOf, type BilledFee, type BilledInvoice } from '@billstream/invoicing-domain'

interface KnownInvoice {
  readonly content: InvoiceContent
  readonly status: 'draft' | 'issued'
  /** When each fee was there first. */
  readonly since: ReadonlyMap<string, string>
}

/** What was billed for one subscription up to some event: folded from its invoices' events, in the order of the store. */
export class BillingHistory {
  private readonly invoices = new Map<string, KnownInvoice>()

  apply(event: RecordedEvent): void {
    if (isEvent(InvoiceDrafted, event) || isEvent(InvoiceRefreshed, event)) return this.keep(event, 'draft')
    if (isEvent(InvoiceFinalized, event)) return this.keep(event, 'issued')
    if (isEvent(InvoiceSkipped, event)) this.invoices.delete(event.data.invoiceId)
  }

  /** Also while it is being finalized. */
  isDraft(invoiceId: string): boolean {
    return this.invoices.get(invoiceId)?.status === 'draft'
  }

  invoice(invoiceId: string): BilledInvoice | undefined {
    return this.invoices.get(invoiceId)?.content
  }

  /** The charge fees of a period, then every correction of them; each by fee id, and none of `making`. */
  feesOfPeriod(invoiceId: string, making: string): BilledFee[] {
    const fees = this.allFees().filter((fee) => fee.invoiceId !== making && fee.chargeId !== null)
    const original = fees.filter((fee) => fee.invoiceId === invoiceId && fee.cause.corrects === null)
    return [...original, ...fees.filter(({ cause }) => cause.corrects?.invoiceId === invoiceId)]
  }

  /** The invoices of periods with a credit that was not borne whole, in the order of the fees' ids. */
  carryingPeriods(making: string): string[] {
    const carrying = this.allFees().filter((fee) => fee.invoiceId !== making && carries(fee))
    return [...new Set(carrying.map(periodInvoiceOf))]
  }

  private allFees(): BilledFee[] {
    const fees = [...this.invoices].flatMap(([invoiceId, { content, since }]) =>
      content.fees.map((fee): BilledFee => ({ ...fee, invoiceId, createdAt: since.get(fee.feeId) ?? '' })),
    )
    return fees.sort((a, b) => (a.feeId < b.feeId ? -1 : 1))
  }

  private keep(
    { data, metadata }: RecordedEvent<string, InvoiceContent & { readonly invoiceId: string }>,
    status: KnownInvoice['status'],
  ): void {
    const known = this.invoices.get(data.invoiceId)
    const since = new Map(
      data.fees.map(({ feeId }) => [feeId, known?.since.get(feeId) ?? metadata.occurredAt] as const),
    )
    this.invoices.set(data.invoiceId, { content: data, status, since })
  }
}
