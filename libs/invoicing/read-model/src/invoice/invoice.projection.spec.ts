import { projectRows, recorded } from '@billstream/event-sourcing-core/testing'
import {
  InvoiceDrafted,
  InvoiceFinalized,
  InvoicePaid,
  InvoicePaymentFailed,
  InvoicePaymentStarted,
  InvoiceRefreshed,
  InvoiceSkipped,
  type Fee,
} from '@billstream/invoicing-contracts'
import { feeProjection } from '../fee/fee.projection'
import { invoiceProjection } from './invoice.projection'

const invoiceId = '0123abcd-0000-5000-8000-000000000001'
const at = (day: string) => `${day}T00:00:00.000Z`
const period = { start: at('2026-06-01'), end: at('2026-07-01') }
const fee = (feeId: string, amount: string): Fee => ({
  ...{ feeId, feeType: 'charge', chargeId: null, metricCode: 'calls', chargeModel: 'standard', description: 'Calls' },
  ...{ units: '1', eventsCount: 1, unitAmount: amount, amount, taxes: [], taxAmount: '3', properties: {}, period },
  cause: {
    ...{ planId: 'p1', planVersion: 1, measurementId: null, watermark: null, rule: 'standard', exact: amount },
    ...{ steps: [], corrects: null, carried: '0' },
  },
})
const content = (...fees: Fee[]) => ({
  fees,
  taxes: [],
  measurementId: null,
  totals: {
    ...{ subtotal: '10', coupons: '0', tax: '3', progressiveCredit: '0', total: '13', prepaidCredit: '0' },
    amountDue: '13',
  },
})
const on = (day: string) => ({ metadata: { occurredAt: at(day) } })
const drafted = recorded(
  InvoiceDrafted({
    ...{ invoiceId, invoiceType: 'subscription', subscriptionId: 's1', externalSubscriptionId: 'x', customerId: 'c1' },
    ...{
      currency: 'USD',
      timezone: 'UTC',
      billingPeriod: period,
      boundaryAt: period.end,
      finalizeAt: at('2026-07-03'),
    },
    ...{ netPaymentTermDays: 30, measured: {} },
    ...content(fee('f1', '5'), fee('f2', '5')),
  }),
  on('2026-07-01'),
)
const refreshed = recorded(
  InvoiceRefreshed({
    ...{ invoiceId, customerId: 'c1', subscriptionId: 's1', droppedFeeIds: ['f1'] },
    ...content(fee('f2', '7'), fee('f3', '3')),
  }),
  on('2026-07-02'),
)
const finalized = recorded(
  InvoiceFinalized({
    ...{ invoiceId, customerId: 'c1', subscriptionId: 's1', number: 'INV-20260703-0001', issuedAt: at('2026-07-03') },
    ...{ dueDate: at('2026-08-02'), currency: 'USD', droppedFeeIds: ['f3'], personal: null },
    ...content(fee('f2', '10')),
  }),
  on('2026-07-03'),
)
const attempt = { invoiceId, paymentId: 'pay1', attempt: 1, feeIds: ['f2'] }
const started = recorded(InvoicePaymentStarted({ ...attempt, amount: '13', currency: 'USD', customerId: 'c1' }))
const failed = recorded(InvoicePaymentFailed(attempt))
const paid = recorded(InvoicePaid({ invoiceId, paidAt: at('2026-07-05'), paymentId: 'pay1', feeIds: ['f2'] }))
const skipped = recorded(
  InvoiceSkipped({
    invoiceId,
    reason: 'no_fees',
    subscriptionId: 's1',
    measurementId: null,
    droppedFeeIds: ['f1', 'f2'],
  }),
)

const invoice = (...events: Parameters<typeof projectRows>[1]) => projectRows(invoiceProjection, events).get(invoiceId)
const fees = (...events: Parameters<typeof projectRows>[1]) => projectRows(feeProjection, events)

describe('an invoice as a row', () => {
  it('is a draft without number and dates', () =>
    expect(invoice(drafted)).toMatchObject({
      ...{ invoice_number: 'DRAFT-0123abcd', status: 'draft', issued_at: null, due_date: null, payment_status: 'none' },
      ...{ total_cents: '13', finalize_at: at('2026-07-03'), billing_period_end: period.end },
    }))
  it('shows what the draft holds now', () =>
    expect(invoice(drafted, refreshed)).toMatchObject({
      fees: [{ feeId: 'f2' }, { feeId: 'f3' }],
      updated_at: at('2026-07-02'),
    }))
  it('is issued under its number', () =>
    expect(invoice(drafted, refreshed, finalized)).toMatchObject({
      ...{ invoice_number: 'INV-20260703-0001', status: 'finalized', issued_at: at('2026-07-03') },
      ...{ due_date: at('2026-08-02'), payment_status: 'pending', created_at: at('2026-07-01') },
    }))
  it('follows its payment', () => {
    expect(invoice(drafted, finalized, started)).toMatchObject({ payment_status: 'pending' })
    expect(invoice(drafted, finalized, started, failed)).toMatchObject({
      status: 'finalized',
      payment_status: 'failed',
    })
    expect(invoice(drafted, finalized, started, paid)).toMatchObject({
      ...{ status: 'paid', payment_status: 'succeeded', amount_due_cents: '0', total_cents: '13' },
      paid_at: at('2026-07-05'),
    })
  })
  it('is gone when nothing is billed', () => expect(invoice(drafted, skipped)).toBeUndefined())
})

describe('fees as rows', () => {
  it('are replaced when the draft is refreshed and when it is issued', () => {
    expect([...fees(drafted, refreshed).keys()]).toEqual(['f2', 'f3'])
    const issued = fees(drafted, refreshed, finalized)
    expect([...issued.values()]).toMatchObject([
      {
        ...{ id: 'f2', line: 0, amount_cents: '10', total_amount_cents: '13', customer_id: 'c1', carries: false },
        ...{ created_at: at('2026-07-01'), updated_at: at('2026-07-03'), payment_status: 'pending' },
      },
    ])
  })
  it('follow the payment of their invoice', () => {
    expect(fees(drafted, finalized, started, failed).get('f2')).toMatchObject({ payment_status: 'failed' })
    expect(fees(drafted, finalized, started, paid).get('f2')).toMatchObject({ payment_status: 'succeeded' })
  })
  it('are gone with a draft that comes to nothing', () => expect(fees(drafted, skipped).size).toBe(0))
})
