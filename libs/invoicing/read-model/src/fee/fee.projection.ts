import { defineProjection, on, type RecordedEvent, type RowChange } from '@billstream/event-sourcing-core'
import {
  InvoiceDrafted,
  InvoiceFinalized,
  InvoicePaid,
  InvoicePaymentFailed,
  InvoicePaymentStarted,
  InvoiceRefreshed,
  InvoiceSkipped,
  type Fee,
} from '@billstream/invoicing-contracts'
import { feeView, type FeeRow } from './fee.view'

type Fold = (row: FeeRow | undefined) => FeeRow | null | undefined

/** What an event says of the fees that an invoice has from now on. */
interface FeesOfInvoice {
  readonly invoiceId: string
  readonly customerId: string
  readonly subscriptionId: string | null
  readonly fees: readonly Fee[]
}

/** A refreshed draft replaces its fees; the last measurement does so for the last time. */
export const feeProjection = defineProjection({
  name: 'invoicing.fee',
  view: feeView,
  version: 1,
  on: {
    ...on(InvoiceDrafted, (event) => draftedFees(event, event.data)),
    ...on(InvoiceRefreshed, (event) => [...drop(event.data.droppedFeeIds), ...feesOf(event, event.data)]),
    ...on(InvoiceSkipped, ({ data }) => drop(data.droppedFeeIds)),
    ...on(InvoiceFinalized, (event) => [...drop(event.data.droppedFeeIds), ...feesOf(event, event.data)]),
    ...on(InvoicePaymentStarted, (event) => payment(event, 'pending')),
    ...on(InvoicePaymentFailed, (event) => payment(event, 'failed')),
    ...on(InvoicePaid, (event) => payment(event, 'succeeded')),
  },
})

function draftedFees(event: RecordedEvent, invoice: FeesOfInvoice): RowChange<FeeRow>[] {
  return invoice.fees.map((fee, line) => ({ id: fee.feeId, row: feeRow(event, invoice, fee, line) }))
}

function feesOf(event: RecordedEvent, invoice: FeesOfInvoice): RowChange<FeeRow>[] {
  return invoice.fees.map((fee, line) => {
    const next = feeRow(event, invoice, fee, line)
    const fold: Fold = (row) => ({ ...next, created_at: row?.created_at ?? next.created_at })
    return { id: fee.feeId, fold }
  })
}

function feeRow({ metadata }: RecordedEvent, invoice: FeesOfInvoice, fee: Fee, line: number): FeeRow {
  const { organizationId, occurredAt } = metadata
  return {
    organization_id: organizationId,
    ...feeColumns(fee),
    invoice_id: invoice.invoiceId,
    customer_id: invoice.customerId,
    subscription_id: invoice.subscriptionId,
    line,
    payment_status: 'pending',
    created_at: occurredAt,
    updated_at: occurredAt,
  }
}

function feeColumns(fee: Fee) {
  return {
    id: fee.feeId,
    charge_id: fee.chargeId,
    fee_type: fee.feeType,
    description: fee.description,
    metric_code: fee.metricCode,
    units: fee.units,
    events_count: fee.eventsCount,
    unit_amount_cents: fee.unitAmount,
    amount_cents: fee.amount,
    taxes_amount_cents: fee.taxAmount,
    total_amount_cents: (BigInt(fee.amount) + BigInt(fee.taxAmount)).toString(),
    properties: fee.properties,
    cause: fee.cause,
    corrects_invoice_id: fee.cause.corrects?.invoiceId ?? null,
    carries: fee.cause.carried !== '0',
  } satisfies Partial<FeeRow>
}

function drop(feeIds: readonly string[]): RowChange<FeeRow>[] {
  return feeIds.map((id) => ({ id, row: null }))
}

function payment(
  { data, metadata }: RecordedEvent<string, { feeIds: string[] }>,
  status: 'pending' | 'failed' | 'succeeded',
): RowChange<FeeRow>[] {
  const fold: Fold = (row) => row && { ...row, payment_status: status, updated_at: metadata.occurredAt }
  return data.feeIds.map((id) => ({ id, fold }))
}
