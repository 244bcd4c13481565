import { col, defineView, type ViewRow } from '@billstream/event-sourcing-core'

/** Rate in percent. Removed taxes leave the view; invoices hold copies. */
export const taxView = defineView(
  'invoicing',
  'tax',
  {
    code: col.text,
    name: col.text,
    rate: col.decimal,
    description: col.nullable(col.text),
    category: col.nullable(col.text),
    applied_to_organization: col.boolean,
    created_at: col.instant,
    updated_at: col.instant,
  },
  [['code'], ['applied_to_organization']],
)
export type TaxRow = ViewRow<typeof taxView>
