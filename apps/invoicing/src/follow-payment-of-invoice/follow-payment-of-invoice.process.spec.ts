import {
  PaymentFailed,
  PaymentOpened,
  PaymentProcessing,
  PaymentRetried,
  PaymentSucceeded,
} from '@billstream/checkout-contracts'
import { want } from '@billstream/event-sourcing-core'
import { recorded } from '@billstream/event-sourcing-core/testing'
import { SettleInvoicePayment, StartInvoicePayment } from '@billstream/invoicing-contracts'
import { followPaymentOfInvoice as process } from './follow-payment-of-invoice.process'

const method = { paymentMethodId: 'm', provider: 'sandbox', providerPaymentMethodId: 'pm_card_visa' }
const of = (customer: string) => ({ invoiceId: `invoice of ${customer}`, paymentId: `payment of ${customer}` })
const opened = (customer: string, by: typeof method | null = method) =>
  recorded(PaymentOpened({ ...of(customer), customerId: customer, amount: '9090', currency: 'USD', method: by }))
const react = (event: ReturnType<typeof recorded>) => process.react(event, undefined)

describe('a payment', () => {
  it('that is opened wants its first attempt, the same one when it is delivered twice', () => {
    const wanted = [want(StartInvoicePayment, { ...of('anna'), attempt: 1 })]
    expect([opened('anna'), opened('anna')].map(react)).toEqual([wanted, wanted])
  })
  it('that is retried wants its next attempt', () =>
    expect(react(recorded(PaymentRetried({ ...of('anna'), attempt: 2, amount: '9090', method })))).toEqual([
      want(StartInvoicePayment, { ...of('anna'), attempt: 2 }),
    ]))
  it('that succeeded or failed settles its attempt', () => {
    const attempt = { ...of('anna'), attempt: 1 }
    const money = { amount: '9090', currency: 'USD', providerPaymentId: 'ch', completedAt: '2026-07-01T00:00:00.000Z' }
    expect(react(recorded(PaymentSucceeded({ ...attempt, ...money })))).toEqual([
      want(SettleInvoicePayment, { ...attempt, outcome: 'succeeded', amount: '9090' }),
    ])
    const failure = { reason: 'fraud' as const, providerPaymentId: null }
    expect(react(recorded(PaymentFailed({ ...attempt, ...failure })))).toEqual([
      want(SettleInvoicePayment, { ...attempt, outcome: 'failed', amount: '0' }),
    ])
  })
  it('of another customer concerns another invoice, in any order', () =>
    expect(['ben', 'anna'].map((customer) => react(opened(customer)))).toEqual(
      ['ben', 'anna'].map((customer) => [want(StartInvoicePayment, { ...of(customer), attempt: 1 })]),
    ))
  it('without a method, or whose outcome is open, wants nothing', () => {
    expect(react(opened('anna', null))).toEqual([])
    expect(react(recorded(PaymentProcessing({ ...of('anna'), attempt: 1, providerPaymentId: 'ch' })))).toEqual([])
  })
})
