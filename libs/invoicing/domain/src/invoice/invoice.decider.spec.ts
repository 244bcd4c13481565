import { derivedId } from '@billstream/kernel'
import { specificationOf, testMetadata } from '@billstream/event-sourcing-core/testing'
import {
  CompleteFinalization,
  DraftInvoice,
  InvoiceFinalizationStarted,
  InvoicePaid,
  InvoicePaymentFailed,
  InvoicePaymentStarted,
  InvoiceSkipped,
  RefreshInvoice,
  SettleInvoicePayment,
  StartFinalization,
  StartInvoicePayment,
  type InvoiceEvent,
} from '@billstream/invoicing-contracts'
import { base, charge, inputs, june, tax, usage } from '../compose-invoice/invoice-inputs.samples'
import type { InvoiceInputs } from '../compose-invoice/invoice-inputs'
import type { DraftFacts } from './draft-invoice'
import { invoiceDecider } from './invoice.decider'

const invoiceId = derivedId('invoice')
const customerId = derivedId('customer')
const subscriptionId = derivedId('subscription')
const paymentId = derivedId('payment')
const july = '2026-07-01T00:00:00.000Z'
const calls = [charge('calls', 'standard', { amount: '10' })]
const of = (units: string, watermark = '7', over: Partial<InvoiceInputs> = {}) =>
  inputs({ usage: usage(calls, { calls: units }), watermark, ...over })
const chargeFee = derivedId('fee', invoiceId, 'charge', calls[0]?.chargeId ?? '')

const draftFacts = (from: InvoiceInputs, graceDays = 0): DraftFacts => ({
  inputs: from,
  head: {
    ...{ invoiceType: 'subscription', subscriptionId, externalSubscriptionId: 'acme-1', customerId, currency: 'USD' },
    ...{ timezone: 'UTC', boundaryAt: june.end, netPaymentTermDays: 30, measured: { purpose: 'draft' } },
  },
  graceDays,
})
const draft = (from: InvoiceInputs, graceDays?: number) => ({
  ...DraftInvoice({ invoiceId, measurement: {} }, testMetadata({ now: july })),
  facts: draftFacts(from, graceDays),
})
const refresh = (from: InvoiceInputs, { graceDays = 0, now = july } = {}) => ({
  ...RefreshInvoice({ invoiceId, measurement: {} }, testMetadata({ now })),
  facts: draftFacts(from, graceDays),
})
const start = StartFinalization({ invoiceId }, testMetadata({ now: july }))
const buyer = { name: 'Acme', email: null, billingMetadata: {} }
const complete = (from: InvoiceInputs, number: string | null = 'INV-20260701-0001') => ({
  ...CompleteFinalization(
    { invoiceId, measurement: {}, issuedAt: july },
    testMetadata({ now: '2026-07-02T00:00:00.000Z' }),
  ),
  facts: { inputs: from, number, buyer },
})
const pay = (attempt: number) => StartInvoicePayment({ invoiceId, paymentId, attempt }, testMetadata({ now: july }))
const settle = (attempt: number, outcome: 'succeeded' | 'failed', amount = '50') =>
  SettleInvoicePayment({ invoiceId, paymentId, attempt, outcome, amount }, testMetadata({ now: july }))

const { given } = specificationOf(invoiceDecider)
function eventsOf(outcome: ReturnType<typeof invoiceDecider.decide>): readonly InvoiceEvent[] {
  if (!outcome.ok) throw new Error(outcome.error.code)
  return outcome.value
}
const drafted = eventsOf(given().when(draft(of('5'))).outcome)
const started = InvoiceFinalizationStarted({ invoiceId, measured: { purpose: 'draft' } })
const finalizing = [...drafted, started]
const finalized = [...finalizing, ...eventsOf(given(...finalizing).when(complete(of('5'))).outcome)]
const feeIds = [chargeFee]
const attempt1 = InvoicePaymentStarted({
  ...{ invoiceId, paymentId, attempt: 1, amount: '50', currency: 'USD', customerId, feeIds },
})
const skipped = InvoiceSkipped({
  ...{ invoiceId, reason: 'no_fees', subscriptionId, measurementId: derivedId('measurement'), droppedFeeIds: [] },
})

describe('an invoice that does not exist', () => {
  it('is drafted from the first measurement, to be finalized after the grace', () =>
    expect(eventsOf(given().when(draft(of('5'), 3)).outcome)).toMatchObject([
      {
        type: 'InvoiceDrafted',
        data: { billingPeriod: june, finalizeAt: '2026-07-04T00:00:00.000Z', totals: { total: '50' }, measured: {} },
      },
    ]))
  it('is skipped without fees', () =>
    given()
      .when(draft(of('0')))
      .then(skipped))
  it('shows the base period before the closed one', () => {
    const next = { start: june.end, end: '2026-08-01T00:00:00.000Z' }
    const [event] = eventsOf(given().when(draft(of('5', '7', { base: base('2000', next) }))).outcome)
    expect(event?.data).toMatchObject({ billingPeriod: next })
  })
  it('is drafted by a later measurement that is faster', () =>
    expect(eventsOf(given().when(refresh(of('6'))).outcome)).toMatchObject([{ type: 'InvoiceDrafted' }]))
  it('cannot be finalized or paid', () => {
    given().when(start).refuses('invoice_not_found')
    given()
      .when(complete(of('5')))
      .refuses('invoice_not_finalizing')
    given().when(pay(1)).refuses('invoice_not_finalized')
    given().when(settle(1, 'failed')).refuses('invoice_not_finalized')
  })
})

describe('a draft', () => {
  const { when } = given(...drafted)
  it('is drafted once', () => when(draft(of('5'))).refuses('invoice_exists'))
  it('takes what another measurement saw, and names the fees that are gone', () => {
    const other = [charge('other', 'standard', { amount: '10' })]
    const [event] = eventsOf(when(refresh(of('0', '8', { usage: usage(other, { other: '3' }) }))).outcome)
    expect(event).toMatchObject({
      type: 'InvoiceRefreshed',
      data: { totals: { total: '30' }, droppedFeeIds: [chargeFee], customerId, subscriptionId },
    })
  })
  it('does not go back to what an older measurement saw', () => when(refresh(of('4', '6'))).nothing())
  it('is gone when nothing is left to bill', () =>
    expect(eventsOf(when(refresh(of('0', '8'))).outcome)).toMatchObject([
      { type: 'InvoiceSkipped', data: { droppedFeeIds: [chargeFee] } },
    ]))
  it('is locked with the request that its last measurement repeats', () => when(start).then(started))
  it('cannot be paid', () => when(pay(1)).refuses('invoice_not_finalized'))
})

describe('an invoice that was skipped', () => {
  const { when } = given(skipped)
  it('is drafted when usage comes within the grace', () =>
    expect(eventsOf(when(refresh(of('2'), { graceDays: 3 })).outcome)).toMatchObject([{ type: 'InvoiceDrafted' }]))
  it('stays skipped while there is nothing to bill', () => when(refresh(of('0'), { graceDays: 3 })).nothing())
  it('leaves what comes after the grace to the next invoice', () => when(refresh(of('2'))).refuses('invoice_not_draft'))
  it('is not found to be finalized', () => when(start).refuses('invoice_not_found'))
})

describe('an invoice that is being finalized', () => {
  const { when } = given(...finalizing)
  it('is issued from its last measurement, under its number, dated by it', () =>
    expect(eventsOf(when(complete(of('7'))).outcome)).toMatchObject([
      {
        type: 'InvoiceFinalized',
        data: {
          number: 'INV-20260701-0001',
          issuedAt: july,
          dueDate: '2026-07-31T00:00:00.000Z',
          totals: { total: '70', amountDue: '70' },
          personal: buyer,
        },
      },
    ]))
  it('is paid at once when nothing is due', () => {
    const free = of('5', '7', { usage: usage([charge('calls', 'standard', { amount: '0' })], { calls: '5' }) })
    expect(eventsOf(when(complete(free)).outcome)).toMatchObject([
      { type: 'InvoiceFinalized' },
      { type: 'InvoicePaid', data: { paidAt: july, paymentId: null } },
    ])
  })
  it('is no invoice, and takes no number, when nothing is left', () =>
    expect(eventsOf(when(complete(of('0'), null)).outcome)).toMatchObject([
      { type: 'InvoiceSkipped', data: { droppedFeeIds: [chargeFee] } },
    ]))
  it('takes the taxes in force at its issue', () =>
    expect(eventsOf(when(complete(of('5', '7', { taxes: [tax('vat', '20')] }))).outcome)).toMatchObject([
      { data: { totals: { subtotal: '50', tax: '10', total: '60' } } },
    ]))
  it('refuses to be drafted, refreshed or locked again', () => {
    when(refresh(of('9', '9'))).refuses('invoice_not_draft')
    when(draft(of('9'))).refuses('invoice_exists')
    when(start).refuses('invoice_not_draft')
  })
})

describe('a finalized invoice', () => {
  const { when } = given(...finalized)
  it('hands out an attempt over what is due', () => when(pay(1)).then(attempt1))
  it('never changes', () => {
    when(refresh(of('9', '9'))).refuses('invoice_not_draft')
    when(complete(of('9'))).refuses('invoice_not_finalizing')
  })
  it('knows no outcome of an attempt that it did not hand out', () =>
    when(settle(1, 'succeeded')).refuses('attempt_not_open'))
})

describe('a finalized invoice with an open attempt', () => {
  const { when } = given(...finalized, attempt1)
  it('hands out no other, and the same one once', () => {
    when(pay(2)).refuses('attempt_open')
    when(pay(1)).nothing()
  })
  it('is paid by its success', () =>
    when(settle(1, 'succeeded')).then(InvoicePaid({ invoiceId, paidAt: july, paymentId, feeIds })))
  it('waits for the next attempt after its failure', () => {
    const failed = InvoicePaymentFailed({ invoiceId, paymentId, attempt: 1, feeIds })
    when(settle(1, 'failed')).then(failed)
    const after = given(...finalized, attempt1, failed)
    after.when(pay(1)).refuses('attempt_not_open')
    after.when(pay(2)).then(InvoicePaymentStarted({ ...attempt1.data, attempt: 2 }))
  })
  it('hears neither of another attempt nor of another amount', () => {
    when(settle(2, 'failed')).refuses('attempt_not_open')
    when(settle(1, 'succeeded', '49')).refuses('amount_mismatch')
  })
})

describe('a paid invoice', () => {
  const { when } = given(...finalized, attempt1, InvoicePaid({ invoiceId, paidAt: july, paymentId, feeIds }))
  it('owes nothing more', () => {
    when(pay(2)).refuses('nothing_due')
    when(settle(1, 'failed')).refuses('attempt_not_open')
    when(refresh(of('9', '9'))).refuses('invoice_not_draft')
  })
})
