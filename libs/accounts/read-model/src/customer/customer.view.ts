import { col, defineView, type ViewRow } from '@billstream/event-sourcing-core'

/** A deleted customer stays readable by id for those that refer to it. After erasure name, email and metadata are empty. */
export const customerView = defineView(
  'accounts',
  'customer',
  {
    external_id: col.text,
    name: col.personal(col.text),
    email: col.personal(col.nullable(col.text)),
    /** null: the organization's */
    currency: col.nullable(col.text),
    timezone: col.nullable(col.text),
    invoice_grace_period: col.nullable(col.integer),
    net_payment_term: col.nullable(col.integer),
    billing_metadata: col.personal(col.json<Record<string, unknown>>()),
    test_clock_id: col.nullable(col.text),
    /** active, deleted */
    status: col.text,
    created_at: col.instant,
    updated_at: col.instant,
  },
  [['external_id'], ['test_clock_id']],
)
export type CustomerRow = ViewRow<typeof customerView>
