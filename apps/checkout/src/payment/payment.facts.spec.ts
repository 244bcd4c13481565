import { OpenPayment, RetryPayment } from '@billstream/checkout-contracts'
import { testMetadata } from '@billstream/event-sourcing-core/testing'
import { factsOf } from '../../test/facts-of'
import { gatherForOpenPayment, gatherForRetryPayment } from './payment.facts'

const ids = { paymentId: 'p1', invoiceId: 'i1', customerId: 'anna' }
const open = OpenPayment({ ...ids, amount: '9090', currency: 'USD' }, testMetadata())
const retry = RetryPayment({ paymentId: 'p1' }, testMetadata())

const methodRow = (id: string, changes: object = {}) => ({
  id,
  customer_id: 'anna',
  provider: 'sandbox',
  provider_payment_method_id: `token of ${id}`,
  is_default: true,
  ...changes,
})
const visa = { paymentMethodId: 'visa', provider: 'sandbox', providerPaymentMethodId: 'token of visa' }
const payment = { id: 'p1', customer_id: 'anna', invoice_id: 'i1' }
const invoice = { id: 'i1', status: 'finalized', amount_due_cents: '9090' }

describe('opening a payment', () => {
  it('takes the default method of the customer', async () => {
    const rows = [
      methodRow('of ben', { customer_id: 'ben' }),
      methodRow('old', { is_default: false }),
      methodRow('visa'),
    ]
    expect(await gatherForOpenPayment(open, factsOf({ 'checkout.payment_method': rows }))).toEqual({
      ok: true,
      value: { method: visa },
    })
  })

  it.each([
    ['there is no default', [methodRow('old', { is_default: false })]],
    ['the default is settled by hand', [methodRow('cash', { provider: 'manual' })]],
  ])('has no method when %s', async (_, rows) => {
    expect(await gatherForOpenPayment(open, factsOf({ 'checkout.payment_method': rows }))).toEqual({
      ok: true,
      value: { method: null },
    })
  })
})

describe('trying a payment again', () => {
  it('takes the present default method and what is due now', async () => {
    const facts = factsOf({
      'checkout.payment': [payment],
      'checkout.payment_method': [methodRow('visa')],
      'invoicing.invoice': [invoice],
    })
    expect(await gatherForRetryPayment(retry, facts)).toEqual({ ok: true, value: { method: visa, amountDue: '9090' } })
  })

  it('finds nothing due on an invoice that is not open', async () => {
    const rows = { 'checkout.payment': [payment], 'invoicing.invoice': [{ ...invoice, status: 'paid' }] }
    expect(await gatherForRetryPayment(retry, factsOf(rows))).toEqual({
      ok: true,
      value: { method: null, amountDue: '0' },
    })
  })

  it('finds nothing for a payment that nobody knows', async () =>
    expect(await gatherForRetryPayment(retry, factsOf({}))).toEqual({
      ok: true,
      value: { method: null, amountDue: '0' },
    }))
})
