import { defineProjection, on, type EventOf, type RecordedEvent } from '@billstream/event-sourcing-core'
import {
  InvoiceDrafted,
  InvoiceFinalized,
  InvoicePaid,
  InvoicePaymentFailed,
  InvoicePaymentStarted,
  InvoiceRefreshed,
  InvoiceSkipped,
  type InvoiceContent,
} from '@billstream/invoicing-contracts'
import { invoiceView, type InvoiceRow } from './invoice.view'

type Fold = (row: InvoiceRow | undefined) => InvoiceRow | null | undefined

/** A draft that comes to nothing leaves the view. While it is being finalized it is shown as the draft it was. */
export const invoiceProjection = defineProjection({
  name: 'invoicing.invoice',
  view: invoiceView,
  version: 1,
  on: {
    ...on(InvoiceDrafted, (event) => [{ id: event.data.invoiceId, row: draftRow(event, event.data) }]),
    ...on(InvoiceRefreshed, (event) => [change(event, contentColumns(event.data))]),
    ...on(InvoiceSkipped, ({ data }) => [{ id: data.invoiceId, row: null }]),
    ...on(InvoiceFinalized, (event) => [change(event, finalizedColumns(event.data))]),
    ...on(InvoicePaymentStarted, (event) => [change(event, { payment_status: 'pending' })]),
    ...on(InvoicePaymentFailed, (event) => [change(event, { payment_status: 'failed' })]),
    ...on(InvoicePaid, (event) => [change(event, paidColumns(event.data))]),
  },
})

function change(event: RecordedEvent<string, { invoiceId: string }>, columns: Partial<InvoiceRow>) {
  const fold: Fold = (row) => row && { ...row, ...columns, updated_at: event.metadata.occurredAt }
  return { id: event.data.invoiceId, fold }
}

function draftRow({ metadata }: RecordedEvent, data: EventOf<typeof InvoiceDrafted>['data']): InvoiceRow {
  return {
    organization_id: metadata.organizationId,
    id: data.invoiceId,
    invoice_number: draftNumber(data.invoiceId),
    customer_id: data.customerId,
    subscription_id: data.subscriptionId,
    status: 'draft',
    invoice_type: data.invoiceType,
    currency: data.currency,
    billing_period_start: data.billingPeriod.start,
    billing_period_end: data.billingPeriod.end,
    ...contentColumns(data),
    payment_status: 'none',
    finalize_at: data.finalizeAt,
    due_date: null,
    issued_at: null,
    paid_at: null,
    created_at: metadata.occurredAt,
    updated_at: metadata.occurredAt,
  }
}

/** A v5 id is a hash, so its first digits tell drafts apart as well as any. */
function draftNumber(invoiceId: string): string {
  return `DRAFT-${invoiceId.slice(0, 8)}`
}

function contentColumns({ fees, taxes, totals }: InvoiceContent) {
  return {
    subtotal_cents: totals.subtotal,
    coupons_amount_cents: totals.coupons,
    tax_amount_cents: totals.tax,
    progressive_billing_credit_amount_cents: totals.progressiveCredit,
    prepaid_credit_amount_cents: totals.prepaidCredit,
    total_cents: totals.total,
    amount_due_cents: totals.amountDue,
    fees,
    taxes,
  } satisfies Partial<InvoiceRow>
}

function finalizedColumns(data: EventOf<typeof InvoiceFinalized>['data']): Partial<InvoiceRow> {
  return {
    ...contentColumns(data),
    invoice_number: data.number,
    status: 'finalized',
    payment_status: 'pending',
    issued_at: data.issuedAt,
    due_date: data.dueDate,
  }
}

function paidColumns({ paidAt }: EventOf<typeof InvoicePaid>['data']): Partial<InvoiceRow> {
  return { status: 'paid', payment_status: 'succeeded', amount_due_cents: '0', paid_at: paidAt }
}
