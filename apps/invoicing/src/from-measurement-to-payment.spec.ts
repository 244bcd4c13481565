import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import {
  paymentIdOf,
  PaymentFailed,
  PaymentOpened,
  PaymentRetried,
  PaymentSucceeded,
} from '@billstream/checkout-contracts'
import { want, type EventOf } from '@billstream/event-sourcing-core'
import {
  correctionInvoiceIdOf,
  type InvoiceFinalized,
  InvoicePaid,
  invoiceIdOf,
  PreviewInvoice,
  StartFinalization,
  Tax,
  TaxApplication,
  type InvoiceContent,
} from '@billstream/invoicing-contracts'
import { feeProjection, invoiceProjection, type InvoiceRow } from '@billstream/invoicing-read-model'
import { derivedId } from '@billstream/kernel'
import { parseChargeProperties } from '@billstream/rating'
import {
  correctionBoundary,
  PlanCreated,
  SubscriptionCreated,
  SubscriptionStarted,
  type Boundary,
  type PlanCharge,
} from '@billstream/subscriptions-contracts'
import { PeriodMeasured, type MeasuredCharge, type MeasuredCorrection } from '@billstream/usage-contracts'
import { SmallWorld } from './small-world.samples'

const customerId = derivedId('customer')
const planId = derivedId('plan')
const subscriptionId = derivedId('subscription')
const taxId = derivedId('tax')
const at = (day: string) => `${day}T00:00:00.000Z`
const november = { start: at('2023-11-01'), end: at('2023-12-01') }
const october = { start: at('2023-10-01'), end: at('2023-11-01') }
const december = { start: at('2023-12-01'), end: at('2024-01-01') }
const plan = { planId, planVersion: 1, planName: 'LLM', interval: 'monthly' as const, amount: '2000', currency: 'USD' }
const v1 = { planId, planVersion: 1 }
const closeOf = (period: typeof november) => invoiceIdOf(`close of ${period.start}`)
const REAL_TRACE = resolve(__dirname, '../../../../shared/data/llm-calls-code.csv')

function planCharge(metricCode: string, chargeModel: string, properties: Record<string, unknown>): PlanCharge {
  const model = parseChargeProperties(chargeModel, properties)
  if (!model.ok) throw new Error(model.error.message)
  const ids = { chargeId: derivedId('charge', metricCode), metricId: derivedId('metric', metricCode) }
  return { ...ids, metricCode, metricName: metricCode, chargeModel, properties, model: { ...model.value } }
}
const charges = [
  planCharge('context_tokens', 'graduated', {
    graduated_ranges: [
      { from_value: 0, to_value: 5_000_000, per_unit_amount: '0.0003' },
      { from_value: 5_000_001, to_value: null, per_unit_amount: '0.00025' },
    ],
  }),
  planCharge('generated_tokens', 'package', { amount: '1.5', package_size: 1000 }),
  planCharge('llm_calls', 'standard', { amount: '0.05' }),
]

/** The usage of the trace, or the same sums where the trace is not at hand. */
function realUsage(): number[] {
  if (!existsSync(REAL_TRACE)) return [18_059_974, 245_896, 8_819]
  const rows = readFileSync(REAL_TRACE, 'utf8').trim().split('\n').slice(1)
  const sum = (column: number) => rows.reduce((total, row) => total + Number(row.split(',')[column]), 0)
  return [sum(1), sum(2), rows.length]
}
function measured(...units: readonly number[]): MeasuredCharge[] {
  return charges.map(({ chargeId, metricId, metricCode }, index) => ({
    ...{ chargeId, metricId, metricCode, aggregation: 'sum', rounding: null, units: String(units[index] ?? 0) },
    parts: { eventsCount: 1, sum: String(units[index] ?? 0), max: null, latest: null, uniqueCount: 0 },
  }))
}
function boundary(period = november): Boundary {
  return {
    ...{ kind: 'period_close', at: period.end, customerId, externalCustomerId: 'acme', plan, closed: period },
    ...{ externalSubscriptionId: 'acme-1' },
    base: { plan, full: period, from: period.start, to: period.end, timezone: 'UTC' },
  }
}
function measurement(
  purpose: 'draft' | 'refresh' | 'final',
  usage: MeasuredCharge[],
  { period = november, watermark = '1', corrections = [] as MeasuredCorrection[] } = {},
) {
  const invoiceId = closeOf(period)
  return PeriodMeasured({
    ...{ measurementId: derivedId(purpose, period.start, watermark), purpose, invoiceId, subscriptionId, customerId },
    ...{ externalCustomerId: 'acme', externalSubscriptionId: 'acme-1', planId, planVersion: 1, period },
    ...{ boundary: boundary(period), watermark, charges: usage, corrections },
  })
}
async function world(customer: Parameters<SmallWorld['customer']>[1] = {}) {
  const small = new SmallWorld()
  small.now = at('2023-12-01')
  small.organization()
  small.customer(customerId, customer)
  const terms = { amount: '2000', currency: 'USD', trialPeriodDays: 0, charges }
  const head = { planId, code: 'llm', name: 'LLM', description: null, interval: 'monthly' as const }
  await small.happened(PlanCreated({ ...head, version: 1, terms }))
  const fields = { code: 'vat', name: 'VAT', rate: '20', description: null, category: null }
  await small.send(want(Tax.Define, { id: taxId, fields: { ...fields, appliedToOrganization: true } }))
  return small
}
/** Drafts, finalizes and measures for the last time. */
async function bill(small: SmallWorld, usage: MeasuredCharge[], options: Parameters<typeof measurement>[2] = {}) {
  await small.happened(measurement('draft', usage, options))
  await small.happened(measurement('final', usage, options))
}
const issued = (small: SmallWorld) => small.of('InvoiceFinalized') as EventOf<typeof InvoiceFinalized>['data'][]
const amounts = ({ fees }: Pick<InvoiceContent, 'fees'>) => fees.map(({ amount }) => amount)
const invoice = async (small: SmallWorld, id = closeOf(november)): Promise<InvoiceRow | undefined> =>
  small.facts().get(invoiceProjection, id)

describe('a measured period', () => {
  it('of real usage becomes an invoice of 9090 that is paid by the card', async () => {
    const small = await world()
    await bill(small, measured(...realUsage()))
    const [final] = issued(small)
    expect(final && amounts(final)).toEqual(['2000', '4765', '369', '441'])
    expect(final).toMatchObject({
      ...{ number: 'INV-20231201-0001', issuedAt: at('2023-12-01'), dueDate: at('2023-12-31') },
      totals: { subtotal: '7575', tax: '1515', total: '9090', amountDue: '9090' },
      personal: { name: 'Acme' },
    })
    const invoiceId = closeOf(november)
    const payment = { paymentId: paymentIdOf(invoiceId), invoiceId }
    const method = { paymentMethodId: derivedId('card'), provider: 'sandbox', providerPaymentMethodId: 'pm_card_visa' }
    await small.happened(PaymentOpened({ ...payment, customerId, amount: '9090', currency: 'USD', method }))
    const attempt = { ...payment, attempt: 1 }
    expect(small.of('InvoicePaymentStarted')).toMatchObject([{ ...attempt, amount: '9090' }])
    const paidBy = { providerPaymentId: 'ch_1', completedAt: small.now }
    await small.happened(PaymentSucceeded({ ...attempt, amount: '9090', currency: 'USD', ...paidBy }))
    expect(await invoice(small)).toMatchObject({ status: 'paid', payment_status: 'succeeded', amount_due_cents: '0' })
  })
  it('is billed once, however often its measurements are delivered', async () => {
    const small = await world()
    const usage = measured(1_000_000, 0, 0)
    await bill(small, usage)
    await small.happened(measurement('draft', usage), measurement('refresh', usage))
    await expect(small.happened(measurement('final', usage))).rejects.toThrow('invoice_not_finalizing')
    expect(issued(small)).toHaveLength(1)
  })
  it('waits as a draft while its grace lasts, and takes late usage', async () => {
    const small = await world({ invoice_grace_period: 3 })
    await small.happened(measurement('draft', measured(0, 0, 100)))
    expect(await invoice(small)).toMatchObject({ status: 'draft', finalize_at: at('2023-12-04') })
    await small.happened(measurement('refresh', measured(0, 0, 200), { watermark: '2' }))
    expect((await invoice(small))?.fees.map(({ amount }) => amount)).toEqual(['2000', '10'])
    await small.send(want(StartFinalization, { invoiceId: closeOf(november) }))
    expect(await invoice(small)).toMatchObject({ status: 'draft' })
    await small.happened(measurement('final', measured(0, 0, 300), { watermark: '3' }))
    expect((await invoice(small))?.subtotal_cents).toBe('2015')
  })
  it('takes numbers without a gap, by the day of the organization', async () => {
    const small = await world()
    small.organization({ timezone: 'America/New_York' })
    await bill(small, measured(0, 0, 1))
    await bill(small, measured(0, 0, 1), { period: december })
    expect(issued(small).map(({ number }) => number)).toEqual(['INV-20231130-0001', 'INV-20231130-0002'])
  })
})

describe('the taxes of an invoice', () => {
  const ownTax = derivedId('own tax')
  const applyOwn = async (small: SmallWorld) => {
    const fields = { code: 'own', name: 'Own', rate: '10', description: null, category: null }
    await small.send(want(Tax.Define, { id: ownTax, fields: { ...fields, appliedToOrganization: false } }))
    const applied = { key: 'k', taxId: ownTax, taxCode: 'own', taxableType: 'customer', taxableId: customerId }
    return small.send(want(TaxApplication.Define, { id: derivedId('application'), fields: applied }))
  }
  it('are those of the customer before those of the organization', async () => {
    const small = await world()
    await applyOwn(small)
    await bill(small, measured(0, 0, 0))
    expect(issued(small)[0]?.totals.tax).toBe('200')
  })
  it('are those of the organization again once the tax of the customer is removed', async () => {
    const small = await world()
    await applyOwn(small)
    await small.send(want(Tax.Remove, { id: ownTax }))
    expect(small.of('TaxApplicationRemoved')).toEqual([{ id: derivedId('application') }])
    await bill(small, measured(0, 0, 0))
    expect(issued(small)[0]?.totals.tax).toBe('400')
  })
  it('are none for an exempt customer', async () => {
    const small = await world({ billing_metadata: { tax_exempt: true } })
    await bill(small, measured(0, 0, 0))
    expect(issued(small)[0]?.totals).toMatchObject({ tax: '0', total: '2000' })
  })
  it('need a tax that is there', async () => {
    const small = await world()
    const fields = { key: 'k', taxId: ownTax, taxCode: 'own', taxableType: 'customer', taxableId: customerId }
    expect(await small.send(want(TaxApplication.Define, { id: derivedId('a'), fields }))).toMatchObject({
      error: { code: 'tax_not_found' },
    })
  })
})

describe('usage that comes after the invoice', () => {
  const again = (units: number): MeasuredCorrection[] => [
    { invoiceId: closeOf(november), period: november, planId, planVersion: 1, charges: measured(0, 0, units) },
  ]
  it('is corrected on the next one, with the rate of what it corrects', async () => {
    const small = await world()
    await bill(small, measured(0, 0, 1000))
    await small.send(want(Tax.Change, { id: taxId, changes: { rate: '10' } }))
    await bill(small, measured(0, 0, 0), { period: december, corrections: again(3000) })
    const [, next] = issued(small)
    expect(next && amounts(next)).toEqual(['2000', '100'])
    expect(next?.taxes).toMatchObject([
      { rate: '10', amount: '200' },
      { rate: '20', amount: '20' },
    ])
    expect(next?.fees[1]).toMatchObject({ units: '2000', cause: { corrects: { billed: '50', now: '150' } } })
  })
  it('is corrected once, counting what corrections billed before', async () => {
    const small = await world()
    await bill(small, measured(0, 0, 1000))
    await bill(small, measured(0, 0, 0), { period: december, corrections: again(3000) })
    const january = { start: at('2024-01-01'), end: at('2024-02-01') }
    await bill(small, measured(0, 0, 0), { period: january, corrections: again(4000) })
    expect(issued(small).map(amounts)).toEqual([
      ['2000', '50'],
      ['2000', '100'],
      ['2000', '50'],
    ])
  })
  it('is left to the draft where there still is one', async () => {
    const small = await world({ invoice_grace_period: 40 })
    await small.happened(measurement('draft', measured(0, 0, 1000)))
    await small.happened(measurement('draft', measured(0, 0, 0), { period: december, corrections: again(3000) }))
    expect((await invoice(small, closeOf(december)))?.fees.map(({ amount }) => amount)).toEqual(['2000'])
  })
  it('that a draft cannot bear stays with it until it is issued', async () => {
    const small = await world()
    const [draft, final] = [
      measurement('draft', measured(0, 0, -100_000)),
      measurement('final', measured(0, 0, -100_000)),
    ]
    const next = { period: december }
    await small.happened(draft)
    await small.happened(measurement('draft', measured(0, 0, 0), next))
    const drafted = async (period: typeof december) =>
      (await invoice(small, closeOf(period)))?.fees.map(({ amount }) => amount)
    expect([await drafted(november), await drafted(december)]).toEqual([['2000', '-2000'], ['2000']])
    await small.happened(final)
    await small.happened(measurement('final', measured(0, 0, 0), next))
    expect(issued(small).map(amounts)).toEqual([
      ['2000', '-2000'],
      ['2000', '-2000'],
    ])
  })
  it('that takes back more than an invoice bears is carried on, once', async () => {
    const small = await world()
    await bill(small, measured(0, 0, 100_000))
    await bill(small, measured(0, 0, 0), { period: december, corrections: again(0), watermark: '2' })
    const january = { start: at('2024-01-01'), end: at('2024-02-01') }
    await bill(small, measured(0, 0, 0), { period: january, watermark: '2' })
    const february = { start: at('2024-02-01'), end: at('2024-03-01') }
    await bill(small, measured(0, 0, 0), { period: february, watermark: '3' })
    const march = { start: at('2024-03-01'), end: at('2024-04-01') }
    await bill(small, measured(0, 0, 0), { period: march, watermark: '4' })
    expect(issued(small).map(amounts)).toEqual([
      ['2000', '5000'],
      ['2000', '-2000'],
      ['2000', '-2000'],
      ['2000', '-1000'],
      ['2000'],
    ])
    expect(small.of('InvoicePaid')).toHaveLength(2)
    const carrying = await small.facts().find(feeProjection, { where: { carries: true }, limit: 10 })
    expect(carrying).toHaveLength(2)
  })
})

describe('usage that comes after the end', () => {
  const units = (count: number): MeasuredCorrection[] => [
    { invoiceId: closeOf(november), period: november, planId, planVersion: 1, charges: measured(0, 0, count) },
  ]
  const late = (purpose: 'draft' | 'final', corrections: MeasuredCorrection[], day = '2023-12-05') => {
    const measurementId = derivedId(purpose, day)
    const invoiceId = correctionInvoiceIdOf(subscriptionId, derivedId('draft', day))
    const seen = measurement(purpose, [], { corrections, watermark: '9' }).data
    const ended = correctionBoundary(boundary(), day)
    const ids = { measurementId, invoiceId }
    return PeriodMeasured({ ...seen, ...ids, period: null, charges: [], boundary: { ...ended, at: at(day) } })
  }
  const correct = async (small: SmallWorld, corrections: MeasuredCorrection[], day?: string) => {
    await small.happened(late('draft', corrections, day))
    if (small.of('InvoiceFinalizationStarted').length > issued(small).length) {
      await small.happened(late('final', corrections, day))
    }
  }
  const ended = async (customer: Parameters<typeof world>[0] = {}) => {
    const small = await world({ ...customer, invoice_grace_period: 0 })
    await bill(small, measured(0, 0, 1000))
    return small
  }
  it('makes an invoice of corrections alone, of the periods that they correct', async () => {
    const small = await ended()
    await correct(small, units(3000))
    expect(issued(small).map(amounts)).toEqual([['2000', '50'], ['100']])
    expect(issued(small)[1]).toMatchObject({ totals: { subtotal: '100', tax: '20', total: '120' } })
    const [, second] = small.of('InvoiceDrafted') as { billingPeriod: object }[]
    expect(second?.billingPeriod).toEqual(november)
  })
  it('is billed once, by the difference to all that was billed', async () => {
    const small = await ended()
    await correct(small, units(3000))
    await correct(small, units(3000), '2023-12-06')
    await correct(small, units(4000), '2023-12-07')
    expect(issued(small).map(amounts)).toEqual([['2000', '50'], ['100'], ['50']])
  })
  it('needs no grace: it waited a day already', async () => {
    const small = await ended()
    small.customer(customerId, { invoice_grace_period: 3 })
    await correct(small, units(3000))
    expect(issued(small)).toHaveLength(2)
  })
  it('that takes back makes no invoice, and counts against what comes later', async () => {
    const small = await ended()
    await correct(small, units(0))
    expect(issued(small)).toHaveLength(1)
    expect(small.of('InvoiceSkipped')).toHaveLength(1)
    await correct(small, units(1500), '2023-12-06')
    expect(issued(small).map(amounts)).toEqual([['2000', '50'], ['25']])
  })
  it('takes no number when its last measurement leaves nothing due', async () => {
    const small = await ended()
    await small.happened(late('draft', units(3000)), late('final', units(0)))
    expect(issued(small)).toHaveLength(1)
    expect(small.of('InvoiceSkipped')).toMatchObject([{ droppedFeeIds: [expect.any(String)] }])
    await correct(small, units(3000), '2023-12-06')
    expect(issued(small).map(({ number }) => number)).toEqual(['INV-20231201-0001', 'INV-20231201-0002'])
  })
})

describe('a payment that fails', () => {
  it('leaves the invoice waiting for the next attempt', async () => {
    const small = await world()
    await bill(small, measured(0, 0, 0))
    const invoiceId = closeOf(november)
    const payment = { paymentId: paymentIdOf(invoiceId), invoiceId }
    const method = { paymentMethodId: derivedId('card'), provider: 'sandbox', providerPaymentMethodId: 'pm' }
    await small.happened(
      PaymentOpened({ ...payment, customerId, amount: '2400', currency: 'USD', method }),
      PaymentFailed({ ...payment, attempt: 1, reason: 'lack_of_funds', providerPaymentId: null }),
    )
    expect(await invoice(small)).toMatchObject({ status: 'finalized', payment_status: 'failed' })
    await small.happened(PaymentRetried({ ...payment, attempt: 2, amount: '2400', method }))
    expect(small.of('InvoicePaymentStarted')).toMatchObject([{ attempt: 1 }, { attempt: 2 }])
  })
  it('without a method hands out no attempt', async () => {
    const small = await world()
    await bill(small, measured(0, 0, 0))
    const invoiceId = closeOf(november)
    const payment = { paymentId: paymentIdOf(invoiceId), invoiceId }
    await small.happened(PaymentOpened({ ...payment, customerId, amount: '2400', currency: 'USD', method: null }))
    expect(small.of('InvoicePaymentStarted')).toEqual([])
  })
})

describe('a preview', () => {
  type Answer = NonNullable<NonNullable<typeof PreviewInvoice.shape>['answer']>
  const preview = (small: SmallWorld, from: string | null = null, to: string | null = null) =>
    small.ask<Answer>(PreviewInvoice.type, { subscriptionId, from, to })
  const subscribed = async (over: { payInAdvance?: boolean; start?: string; pending?: boolean } = {}) => {
    const { payInAdvance = false, start = november.start, pending = false } = over
    const small = await world()
    small.usage = measured(...realUsage())
    const identity = { subscriptionId, externalId: 'acme-1', customerId, externalCustomerId: 'acme' }
    const created = SubscriptionCreated({
      ...{ ...identity, billingTime: 'calendar', payInAdvance, onTerminationAction: 'skip', plan, timezone: 'UTC' },
      ...{ subscriptionAt: null, startsAt: start },
    })
    const begun = { ...boundary(), kind: 'start' as const, at: start, closed: null, base: null }
    const started = SubscriptionStarted({
      ...{ subscriptionId, startedAt: start, period: november, timezone: 'UTC', boundary: begun },
    })
    await small.happened(...(pending ? [created] : [created, started]))
    return small
  }
  it('equals the invoice that is issued from the same facts', async () => {
    const small = await subscribed()
    const shown = await preview(small)
    await bill(small, measured(...realUsage()))
    const [final] = issued(small)
    expect(shown).toMatchObject({ ok: true, currency: 'USD', totals: final?.totals })
    expect(shown.ok && amounts(shown)).toEqual(final && amounts(final))
    expect(small.of(InvoicePaid.type)).toEqual([])
  })
  it('equals the invoice also when an earlier period is to be corrected', async () => {
    const small = await subscribed()
    await bill(small, measured(0, 0, 1000), { period: october })
    small.lateUsage = [{ invoiceId: closeOf(october), period: october, ...v1, charges: measured(0, 0, 3000) }]
    const shown = await preview(small)
    await bill(small, measured(...realUsage()), { corrections: small.lateUsage })
    const [, final] = issued(small)
    expect(shown.ok && amounts(shown)).toEqual(['2000', '4765', '369', '441', '100'])
    expect(final && amounts(final)).toEqual(shown.ok && amounts(shown))
    expect(shown).toMatchObject({ totals: final?.totals })
  })
  it('shows the next period of one that is paid in advance, unless the window ends before it', async () => {
    const small = await subscribed({ payInAdvance: true })
    const whole = await preview(small)
    expect(whole.ok && whole.fees[0]).toMatchObject({ period: december, amount: '2000' })
    const part = await preview(small, null, at('2023-11-11'))
    expect(part.ok && part.fees[0]?.feeType).toBe('charge')
  })
  it('of a window has its part of the base', async () => {
    const shown = await preview(await subscribed(), at('2023-11-01'), at('2023-11-16'))
    expect(shown.ok && shown.fees[0]?.amount).toBe('1000')
  })
  it.each([
    ['a window before the start', { start: at('2023-11-12') }, at('2023-11-01'), null, 'window_over_boundary'],
    ['a window after the period', {}, null, at('2023-12-02'), 'window_over_boundary'],
    ['a window that ends before it begins', {}, at('2023-11-10'), at('2023-11-09'), 'invalid_window'],
    ['what is no time', {}, 'soon', null, 'invalid_window'],
    ['a pending subscription', { pending: true }, null, null, 'subscription_not_active'],
  ])('refuses %s', async (_, over, from, to, code) =>
    expect(await preview(await subscribed(over), from, to)).toMatchObject({ ok: false, error: { code } }),
  )
  it('refuses an unknown subscription', async () =>
    expect(await preview(await world())).toMatchObject({ error: { code: 'subscription_not_found' } }))
})
