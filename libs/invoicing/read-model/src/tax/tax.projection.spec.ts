import { projectRows, recorded } from '@billstream/event-sourcing-core/testing'
import { Tax, TaxApplication } from '@billstream/invoicing-contracts'
import { taxApplicationProjection } from '../tax-application/tax-application.projection'
import { taxProjection } from './tax.projection'

const fields = {
  ...{ code: 'vat', name: 'VAT', rate: '20', description: null, category: 'S', appliedToOrganization: false },
}
const defined = recorded(Tax.Defined({ id: 't1', fields }))
const changed = recorded(Tax.Changed({ id: 't1', changes: { rate: '19', appliedToOrganization: true } }))
const applied = recorded(
  TaxApplication.Defined({
    id: 'a1',
    fields: { key: 'customer:c1:t1', taxId: 't1', taxCode: 'vat', taxableType: 'customer', taxableId: 'c1' },
  }),
)

describe('a tax as a row', () => {
  it('has its present values', () =>
    expect(projectRows(taxProjection, [defined, changed]).get('t1')).toMatchObject({
      ...{ code: 'vat', name: 'VAT', rate: '19', category: 'S', applied_to_organization: true },
    }))
  it('is gone once it is removed', () =>
    expect(projectRows(taxProjection, [defined, recorded(Tax.Removed({ id: 't1' }))]).size).toBe(0))
})

describe('a tax application as a row', () => {
  it('names the tax and the object', () =>
    expect(projectRows(taxApplicationProjection, [applied]).get('a1')).toMatchObject({
      ...{ tax_id: 't1', tax_code: 'vat', taxable_type: 'customer', taxable_id: 'c1' },
    }))
  it('is gone once it is removed', () =>
    expect(projectRows(taxApplicationProjection, [applied, recorded(TaxApplication.Removed({ id: 'a1' }))]).size).toBe(
      0,
    ))
})
