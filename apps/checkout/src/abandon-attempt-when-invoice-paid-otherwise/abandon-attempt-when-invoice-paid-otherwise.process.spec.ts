import {
  AbandonPaymentAttempt,
  PaymentAttemptAbandoned,
  PaymentOpened,
  PaymentRequested,
  PaymentRetried,
} from '@billstream/checkout-contracts'
import { want, type DomainEvent, type WantedCommand } from '@billstream/event-sourcing-core'
import { recorded } from '@billstream/event-sourcing-core/testing'
import { InvoicePaid } from '@billstream/invoicing-contracts'
import { derivedId } from '@billstream/kernel'
import { abandonAttemptWhenInvoicePaidOtherwise as process } from './abandon-attempt-when-invoice-paid-otherwise.process'

type State = NonNullable<typeof process.initial>

const method = { paymentMethodId: derivedId('method'), provider: 'sandbox', providerPaymentMethodId: 'pm_card_visa' }
const due = { amount: '9090', currency: 'USD' }
const ids = (customer: string) => ({
  paymentId: derivedId('payment', customer),
  invoiceId: derivedId('invoice', customer),
})
const opened = (customer: string, by: typeof method | null = method) =>
  PaymentOpened({ ...ids(customer), customerId: derivedId('customer', customer), ...due, method: by })
const retried = (customer: string) => PaymentRetried({ ...ids(customer), attempt: 2, amount: '9090', method })
const requested = (customer: string, attempt: number) =>
  PaymentRequested({ ...ids(customer), attempt, customerId: derivedId('customer', customer), ...due, method })
const paid = (customer: string, paymentId: string | null = null) =>
  InvoicePaid({ invoiceId: ids(customer).invoiceId, feeIds: [], paidAt: '2026-06-02T00:00:00.000Z', paymentId })
const abandon = (customer: string, attempt: number) =>
  want(AbandonPaymentAttempt, { paymentId: ids(customer).paymentId, attempt, reason: 'invoice_paid' })

/** What it wants over a history, each invoice with its own state. */
function wantedAfter(...events: readonly DomainEvent[]): WantedCommand[] {
  const states = new Map<string, State>()
  return events.flatMap((event) => {
    const happened = recorded(event)
    const key = process.key?.(happened) ?? ''
    const before: State = states.get(key) ?? { paid: false, wanted: null }
    const state = process.evolve?.(before, happened) ?? before
    states.set(key, state)
    return process.react(happened, state)
  })
}

describe('an attempt that is wanted', () => {
  it('is given up when the invoice was paid otherwise', () =>
    expect(wantedAfter(opened('anna'), paid('anna'))).toEqual([abandon('anna', 1)]))

  it('is given up as well when it is heard of after the payment of the invoice', () => {
    expect(wantedAfter(paid('anna'), opened('anna'))).toEqual([abandon('anna', 1)])
    expect(wantedAfter(opened('anna'), requested('anna', 1), paid('anna'), retried('anna'))).toEqual([
      abandon('anna', 2),
    ])
  })

  it('is kept when the invoice of another customer is paid', () =>
    expect(wantedAfter(opened('anna'), opened('ben'), paid('ben'))).toEqual([abandon('ben', 1)]))

  it('is given up once', () => {
    const abandoned = PaymentAttemptAbandoned({ ...ids('anna'), attempt: 1, reason: 'invoice_paid' })
    expect(wantedAfter(opened('anna'), paid('anna'), abandoned, paid('anna'))).toEqual([abandon('anna', 1)])
    expect(process.refusals).toEqual({ attempt_not_wanted: 'ignore' })
  })
})

describe('an attempt that was handed out', () => {
  it('ends by its outcome only', () =>
    expect(wantedAfter(opened('anna'), requested('anna', 1), paid('anna', ids('anna').paymentId))).toEqual([]))
})

describe('a payment without a method', () => {
  it('has nothing to give up', () => expect(wantedAfter(opened('anna', null), paid('anna'))).toEqual([]))
})
