import { RequestPayment } from '@billstream/checkout-contracts'
import { want } from '@billstream/event-sourcing-core'
import { recorded } from '@billstream/event-sourcing-core/testing'
import { InvoicePaymentFailed, InvoicePaymentStarted } from '@billstream/invoicing-contracts'
import { derivedId } from '@billstream/kernel'
import { requestPaymentWhenAttemptStarted as process } from './request-payment-when-attempt-started.process'

const ids = (customer: string) => ({
  invoiceId: derivedId('invoice', customer),
  paymentId: derivedId('payment', customer),
})
const started = (customer: string, attempt: number) =>
  recorded(
    InvoicePaymentStarted({
      ...ids(customer),
      feeIds: [],
      attempt,
      amount: '9090',
      currency: 'USD',
      customerId: derivedId('customer', customer),
    }),
  )
const request = (customer: string, attempt: number) =>
  want(RequestPayment, { paymentId: ids(customer).paymentId, attempt, amount: '9090' })

describe('an attempt that the invoice has handed out', () => {
  it('is requested with the amount that is due', () =>
    expect(process.react(started('anna', 1), undefined)).toEqual([request('anna', 1)]))

  it('is requested alike when it is delivered twice', () =>
    expect(process.react(started('anna', 1), undefined)).toEqual(process.react(started('anna', 1), undefined)))

  it('is requested as itself when a later one came before it, or one of another customer', () => {
    const events = [started('anna', 2), started('ben', 1), started('anna', 1)]
    expect(events.flatMap((event) => process.react(event, undefined))).toEqual([
      request('anna', 2),
      request('ben', 1),
      request('anna', 1),
    ])
  })
})

describe('an attempt that failed', () => {
  it('wants nothing', () =>
    expect(
      process.react(recorded(InvoicePaymentFailed({ ...ids('anna'), feeIds: [], attempt: 1 })), undefined),
    ).toEqual([]))
})
