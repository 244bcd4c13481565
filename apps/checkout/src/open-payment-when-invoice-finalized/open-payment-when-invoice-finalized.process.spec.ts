import { OpenPayment, paymentIdOf } from '@billstream/checkout-contracts'
import { want } from '@billstream/event-sourcing-core'
import { recorded } from '@billstream/event-sourcing-core/testing'
import { InvoiceDrafted, InvoiceFinalized } from '@billstream/invoicing-contracts'
import { derivedId } from '@billstream/kernel'
import { openPaymentWhenInvoiceFinalized as process } from './open-payment-when-invoice-finalized.process'

const finalized = (customer: string, amountDue: string) =>
  recorded(
    InvoiceFinalized({
      invoiceId: derivedId('invoice', customer),
      customerId: derivedId('customer', customer),
      subscriptionId: null,
      number: 'INV-20260601-0001',
      issuedAt: '2026-06-01T00:00:00.000Z',
      dueDate: '2026-07-01T00:00:00.000Z',
      currency: 'USD',
      fees: [],
      taxes: [],
      totals: {
        subtotal: amountDue,
        coupons: '0',
        tax: '0',
        progressiveCredit: '0',
        total: amountDue,
        prepaidCredit: '0',
        amountDue,
      },
      measurementId: null,
      droppedFeeIds: [],
      personal: null,
    }),
  )
const open = (customer: string, amount: string) => {
  const invoiceId = derivedId('invoice', customer)
  const customerId = derivedId('customer', customer)
  return want(OpenPayment, { paymentId: paymentIdOf(invoiceId), invoiceId, customerId, amount, currency: 'USD' })
}

describe('a finalized invoice', () => {
  it('on which something is due opens its payment', () =>
    expect(process.react(finalized('anna', '9090'), undefined)).toEqual([open('anna', '9090')]))

  it('that is delivered twice wants the same payment again', () => {
    const again = [finalized('anna', '9090'), finalized('anna', '9090')].map((event) => process.react(event, undefined))
    expect(again[0]).toEqual(again[1])
    expect(process.refusals).toEqual({ payment_exists: 'ignore' })
  })

  it('of another customer opens another payment, in any order', () => {
    const [ben, anna] = ['ben', 'anna'].map((customer) => process.react(finalized(customer, '1'), undefined))
    expect([ben, anna]).toEqual([[open('ben', '1')], [open('anna', '1')]])
  })

  it.each(['0', '-5'])('with %s due opens none', (due) =>
    expect(process.react(finalized('anna', due), undefined)).toEqual([]),
  )
})

describe('an event that it does not know', () => {
  it('wants nothing', () =>
    expect(process.react(recorded({ type: InvoiceDrafted.type, data: {} }), undefined)).toEqual([]))
})
