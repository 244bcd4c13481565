import { col, defineView, type ViewRow } from '@billstream/event-sourcing-core'

export const taxApplicationView = defineView(
  'invoicing',
  'tax_application',
  { tax_id: col.uuid, tax_code: col.text, taxable_type: col.text, taxable_id: col.uuid, created_at: col.instant },
  [['taxable_type', 'taxable_id'], ['tax_id']],
)
export type TaxApplicationRow = ViewRow<typeof taxApplicationView>
