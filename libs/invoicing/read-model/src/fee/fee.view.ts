import { col, defineView, type ViewRow } from '@billstream/event-sourcing-core'
import type { Fee } from '@billstream/invoicing-contracts'

/** One row per fee of a draft or an invoice; a refreshed draft replaces its fees. */
export const feeView = defineView(
  'invoicing',
  'fee',
  {
    invoice_id: col.uuid,
    customer_id: col.uuid,
    subscription_id: col.nullable(col.uuid),
    charge_id: col.nullable(col.uuid),
    fee_type: col.text,
    /** Its place on the invoice. */
    line: col.integer,
    description: col.text,
    metric_code: col.nullable(col.text),
    units: col.decimal,
    events_count: col.integer,
    unit_amount_cents: col.decimal,
    amount_cents: col.minor,
    taxes_amount_cents: col.minor,
    total_amount_cents: col.minor,
    payment_status: col.text,
    properties: col.json<Record<string, unknown>>(),
    cause: col.json<Fee['cause']>(),
    /** A correction: the invoice whose period it corrects. */
    corrects_invoice_id: col.nullable(col.uuid),
    /** A credit line of which something is left for the next invoice. */
    carries: col.boolean,
    created_at: col.instant,
    updated_at: col.instant,
  },
  [['invoice_id'], ['customer_id'], ['subscription_id', 'carries'], ['corrects_invoice_id']],
)
export type FeeRow = ViewRow<typeof feeView>
