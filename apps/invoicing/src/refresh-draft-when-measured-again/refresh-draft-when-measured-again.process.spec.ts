import { want } from '@billstream/event-sourcing-core'
import { RefreshInvoice } from '@billstream/invoicing-contracts'
import { measuredFor } from '../measurements.samples'
import { refreshDraftWhenMeasuredAgain as process } from './refresh-draft-when-measured-again.process'

const wanted = (customer: string) => {
  const { data } = measuredFor(customer, 'refresh')
  return [want(RefreshInvoice, { invoiceId: data.invoiceId, measurement: data })]
}

describe('a later measurement', () => {
  it('wants its command, and the same one again when it is delivered twice', () => {
    const event = measuredFor('anna', 'refresh')
    expect(process.react(event, undefined)).toEqual(wanted('anna'))
    expect(process.react(event, undefined)).toEqual(process.react(event, undefined))
  })
  it('of another customer concerns another invoice, in any order', () => {
    const [ben, anna] = ['ben', 'anna'].map((customer) => process.react(measuredFor(customer, 'refresh'), undefined))
    expect([ben, anna]).toEqual([wanted('ben'), wanted('anna')])
  })
})

describe('a measurement for something else', () => {
  it.each(['draft', 'final'] as const)('wants nothing: %s', (purpose) =>
    expect(process.react(measuredFor('anna', purpose), undefined)).toEqual([]),
  )
})
