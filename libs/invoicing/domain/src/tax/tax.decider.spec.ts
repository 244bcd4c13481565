import { derivedId } from '@billstream/kernel'
import { specificationOf, testMetadata } from '@billstream/event-sourcing-core/testing'
import { Tax, TaxApplication } from '@billstream/invoicing-contracts'
import { applyingTaxes } from './applying-taxes'
import { taxApplicationDecider, type TaxApplicationFacts } from './tax-application.decider'
import { taxDecider } from './tax.decider'

const id = derivedId('tax')
const fields = {
  ...{ code: 'vat', name: 'VAT', rate: '20', description: null, category: null, appliedToOrganization: true },
}

describe('a tax', () => {
  const { given } = specificationOf(taxDecider)
  const define = (rate: string) => Tax.Define({ id, fields: { ...fields, rate } }, testMetadata())
  it.each(['0', '8.1', '100'])('has a rate of %s percent', (rate) =>
    given()
      .when(define(rate))
      .then(Tax.Defined({ id, fields: { ...fields, rate } })),
  )
  it.each(['-1', '100.0001'])('has no rate of %s percent', (rate) =>
    given().when(define(rate)).refuses('rate_out_of_range', 'rate'),
  )
  it('changes its rate within the bounds, and never its code', () => {
    const defined = given(Tax.Defined({ id, fields }))
    const change = (changes: Partial<typeof fields>) => Tax.Change({ id, changes }, testMetadata())
    defined.when(change({ rate: '19' })).then(Tax.Changed({ id, changes: { rate: '19' } }))
    defined.when(change({ rate: '101' })).refuses('rate_out_of_range', 'rate')
    defined.when(change({ code: 'x' })).refuses('code_immutable', 'code')
  })
  it('holds its code', () =>
    expect(taxDecider.claims?.(given(Tax.Defined({ id, fields })).state)).toEqual([{ kind: 'tax-code', key: 'vat' }]))
})

describe('a tax applied to one object', () => {
  const { given } = specificationOf(taxApplicationDecider)
  const there: TaxApplicationFacts = { taxExists: true, customerExists: true }
  const apply = (taxableType: string, facts = there) => ({
    ...TaxApplication.Define({ id, fields: applied(taxableType) }, testMetadata()),
    facts,
  })
  const applied = (taxableType: string) => ({
    ...{ key: `${taxableType}:c1:${id}`, taxId: id, taxCode: 'vat', taxableType, taxableId: derivedId('customer') },
  })
  it('is one of a customer', () =>
    given()
      .when(apply('customer'))
      .then(TaxApplication.Defined({ id, fields: applied('customer') })))
  it.each(['plan', 'charge', 'add_on', 'billing_entity', 'invoice'])('is not available yet for a %s', (type) =>
    given().when(apply(type)).refuses('not_available', 'taxable_type'),
  )
  it('is of something known', () => given().when(apply('shoe')).refuses('invalid_taxable_type', 'taxable_type'))
  it('needs both to be there', () => {
    given()
      .when(apply('customer', { ...there, taxExists: false }))
      .refuses('tax_not_found', 'tax_code')
    given()
      .when(apply('customer', { ...there, customerExists: false }))
      .refuses('customer_not_found', 'taxable_id')
  })
  it('exists once', () =>
    expect(taxApplicationDecider.claimTaken?.({ kind: 'tax-application-key', key: 'k' }).code).toBe('key_taken'))
})

describe('the taxes of an invoice', () => {
  const rate = (code: string) => ({ taxId: derivedId(code), code, name: code, rate: '20' })
  const levels = { exempt: false, customer: [rate('b'), rate('a')], organization: [rate('o')] }
  it('are those of the customer before those of the organization, by code', () => {
    expect(applyingTaxes(levels).map(({ code }) => code)).toEqual(['a', 'b'])
    expect(applyingTaxes({ ...levels, customer: [] }).map(({ code }) => code)).toEqual(['o'])
  })
  it('are none for an exempt customer', () => expect(applyingTaxes({ ...levels, exempt: true })).toEqual([]))
})
