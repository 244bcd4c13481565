import { want } from '@billstream/event-sourcing-core'
import { DraftInvoice } from '@billstream/invoicing-contracts'
import { measuredFor } from '../measurements.samples'
import { draftInvoiceWhenPeriodMeasured as process } from './draft-invoice-when-period-measured.process'

const wanted = (customer: string) => {
  const { data } = measuredFor(customer, 'draft')
  return [want(DraftInvoice, { invoiceId: data.invoiceId, measurement: data })]
}

describe('a first measurement', () => {
  it('wants its command, and the same one again when it is delivered twice', () => {
    const event = measuredFor('anna', 'draft')
    expect(process.react(event, undefined)).toEqual(wanted('anna'))
    expect(process.react(event, undefined)).toEqual(process.react(event, undefined))
  })
  it('of another customer concerns another invoice, in any order', () => {
    const [ben, anna] = ['ben', 'anna'].map((customer) => process.react(measuredFor(customer, 'draft'), undefined))
    expect([ben, anna]).toEqual([wanted('ben'), wanted('anna')])
  })
})

describe('a measurement for something else', () => {
  it.each(['refresh', 'final'] as const)('wants nothing: %s', (purpose) =>
    expect(process.react(measuredFor('anna', purpose), undefined)).toEqual([]),
  )
})
