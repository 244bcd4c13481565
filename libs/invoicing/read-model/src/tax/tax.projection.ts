import { defineProjection, on, type EventOf } from '@billstream/event-sourcing-core'
import { Tax } from '@billstream/invoicing-contracts'
import { taxView, type TaxRow } from './tax.view'

type Fields = EventOf<typeof Tax.Defined>['data']['fields']
type Fold = (row: TaxRow | undefined) => TaxRow | null | undefined

/** A removed tax leaves the view. Times are real ones: a tax is a setting. */
export const taxProjection = defineProjection({
  name: 'invoicing.tax',
  view: taxView,
  version: 1,
  on: {
    ...on(Tax.Defined, ({ data, metadata, recordedAt }) => {
      const row: TaxRow = {
        organization_id: metadata.organizationId,
        id: data.id,
        code: data.fields.code,
        ...columnsOf(data.fields),
        created_at: recordedAt,
        updated_at: recordedAt,
      }
      return [{ id: data.id, row }]
    }),
    ...on(Tax.Changed, ({ data, recordedAt }) => {
      const fold: Fold = (row) => row && { ...row, ...changed(row, data.changes), updated_at: recordedAt }
      return [{ id: data.id, fold }]
    }),
    ...on(Tax.Removed, ({ data }) => [{ id: data.id, row: null }]),
  },
})

function columnsOf({ name, rate, description, category, appliedToOrganization }: Omit<Fields, 'code'>) {
  return { name, rate, description, category, applied_to_organization: appliedToOrganization }
}

function changed(row: TaxRow, changes: Partial<Fields>) {
  const { name, rate, description, category, applied_to_organization: appliedToOrganization } = row
  return columnsOf({ name, rate, description, category, appliedToOrganization, ...changes })
}
