import { defineProjection, on } from '@billstream/event-sourcing-core'
import { TaxApplication } from '@billstream/invoicing-contracts'
import { taxApplicationView, type TaxApplicationRow } from './tax-application.view'

/** A removed application leaves the view; nothing of one ever changes. */
export const taxApplicationProjection = defineProjection({
  name: 'invoicing.tax_application',
  view: taxApplicationView,
  version: 1,
  on: {
    ...on(TaxApplication.Defined, ({ data, metadata, recordedAt }) => {
      const { taxId, taxCode, taxableType, taxableId } = data.fields
      const row: TaxApplicationRow = {
        organization_id: metadata.organizationId,
        id: data.id,
        tax_id: taxId,
        tax_code: taxCode,
        taxable_type: taxableType,
        taxable_id: taxableId,
        created_at: recordedAt,
      }
      return [{ id: data.id, row }]
    }),
    ...on(TaxApplication.Removed, ({ data }) => [{ id: data.id, row: null }]),
  },
})
