import { want } from '@billstream/event-sourcing-core'
import { CompleteFinalization } from '@billstream/invoicing-contracts'
import { measuredFor } from '../measurements.samples'
import { completeInvoiceWhenMeasuredLast as process } from './complete-invoice-when-measured-last.process'

const wanted = (customer: string) => {
  const { data, metadata } = measuredFor(customer, 'final')
  return [want(CompleteFinalization, { invoiceId: data.invoiceId, measurement: data, issuedAt: metadata.occurredAt })]
}

describe('a last measurement', () => {
  it('wants its command, and the same one again when it is delivered twice', () => {
    const event = measuredFor('anna', 'final')
    expect(process.react(event, undefined)).toEqual(wanted('anna'))
    expect(process.react(event, undefined)).toEqual(process.react(event, undefined))
  })
  it('of another customer concerns another invoice, in any order', () => {
    const [ben, anna] = ['ben', 'anna'].map((customer) => process.react(measuredFor(customer, 'final'), undefined))
    expect([ben, anna]).toEqual([wanted('ben'), wanted('anna')])
  })
})

describe('a measurement for something else', () => {
  it.each(['draft', 'refresh'] as const)('wants nothing: %s', (purpose) =>
    expect(process.react(measuredFor('anna', purpose), undefined)).toEqual([]),
  )
})
