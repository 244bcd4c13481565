import * as fc from 'fast-check'
import type { InvoiceContent } from '@billstream/invoicing-contracts'
import { billingPeriodOf, composeInvoice } from './compose-invoice'
import { CORRECTION_STEPS_BYTES_MAX } from './correction-lines'
import { base, charge, correction, inputs, june, may, tax, usage } from './invoice-inputs.samples'
import type { InvoiceInputs } from './invoice-inputs'
import { STEPS_PER_LINE_MAX } from './price-usage'

function invoice(over: Partial<InvoiceInputs>): InvoiceContent {
  const content = composeInvoice(inputs(over))
  if (!content.ok) throw new Error(content.error.code)
  return content.value
}
const amounts = ({ fees }: InvoiceContent) => fees.map(({ amount }) => amount)
const feeOf = (model: string, properties: Record<string, unknown>, units: string) =>
  invoice({ usage: usage([charge('m', model, properties)], { m: units }) }).fees[0]?.amount

const E6A = {
  graduated_ranges: [
    { from_value: 0, to_value: 10, per_unit_amount: '1', flat_amount: '2' },
    { from_value: 11, to_value: null, per_unit_amount: '0.5' },
  ],
}
const E6B = { tiers: [{ up_to: 10, unit_price: '1' }, { unit_price: '0.5' }] }
const E7 = {
  graduated_ranges: [
    { from_value: 0, to_value: 10, per_unit_amount: '100' },
    { from_value: 11, to_value: 20, per_unit_amount: '80', flat_amount: '50' },
    { from_value: 21, to_value: null, per_unit_amount: '50' },
  ],
}
const E8 = {
  volume_ranges: [
    { from_value: 0, to_value: 10, per_unit_amount: '100' },
    { from_value: 11, to_value: null, per_unit_amount: '80', flat_amount: '50' },
  ],
}
const E9 = { amount: '500', package_size: 100, free_units: 50 }

describe('a charge of the closed period', () => {
  it.each([
    ['E5', 'standard', { amount: '7.333' }, '13.5', '99'],
    ['E5 with a minimum', 'standard', { amount: '7.333', min_price: '500' }, '13.5', '500'],
    ['E5 with a maximum', 'standard', { amount: '10', max_price: '350' }, '40', '350'],
    ['E6 in form A', 'graduated', E6A, '15', '15'],
    ['E6 in form B', 'graduated', E6B, '15', '13'],
    ['E7 at 10', 'graduated', E7, '10', '1000'],
    ['E7 at 10.5', 'graduated', E7, '10.5', '1090'],
    ['E7 at 11', 'graduated', E7, '11', '1130'],
    ['E7 at 25', 'graduated', E7, '25', '2100'],
    ['E8 at 10', 'volume', E8, '10', '1000'],
    ['E8 at 11', 'volume', E8, '11', '930'],
    ['E8 at 15', 'volume', E8, '15', '1250'],
    ['E9 at 50', 'package', E9, '50', '0'],
    ['E9 at 51', 'package', E9, '51', '500'],
    ['E9 at 251', 'package', E9, '251', '1500'],
  ])('%s', (_, model, properties, units, amount) => expect(feeOf(model, properties, units)).toBe(amount))

  it('is no line without units and amount, but its minimum is due at 0 units', () => {
    const charges = [
      charge('a', 'standard', { amount: '5' }),
      charge('b', 'standard', { amount: '5', min_price: '70' }),
    ]
    expect(invoice({ usage: usage(charges, {}) }).fees).toMatchObject([{ metricCode: 'b', units: '0', amount: '70' }])
  })
  it('tells its cause: the measurement, the plan version, the rule, the steps and the rounding', () => {
    const { fees } = invoice({ usage: usage([charge('m', 'graduated', E6A)], { m: '15' }) })
    expect(fees).toMatchObject([
      {
        description: 'M',
        unitAmount: '0.966666666667',
        properties: E6A,
        period: june,
        cause: { planVersion: 1, watermark: '7', rule: 'graduated', exact: '14.5', steps: [{}, {}], corrects: null },
      },
    ])
  })
  it('keeps a bounded number of steps, whose amounts add up', () => {
    const tiers = Array.from({ length: 100 }, (_, i) => ({ up_to: i === 99 ? null : i + 1, unit_price: '1' }))
    const [fee] = invoice({ usage: usage([charge('m', 'graduated', { tiers })], { m: '250' }) }).fees
    expect(fee?.cause.steps).toHaveLength(STEPS_PER_LINE_MAX)
    expect(fee?.cause.steps.reduce((sum, { amount }) => sum + Number(amount), 0)).toBe(250)
  })
})

describe('the base fee', () => {
  it.each([
    ['E16: before the 20th of November', '3000', '2026-11-01', '2026-11-20', '1900'],
    ['E16: after it', '3000', '2026-11-20', '2026-12-01', '1100'],
    ['E16: half of an odd amount', '1005', '2026-11-01', '2026-11-16', '503'],
    ['E16: the other half', '1005', '2026-11-16', '2026-12-01', '502'],
    ['E20: in arrears until 11 June', '3000', '2026-06-01', '2026-06-11', '1000'],
  ])('%s', (_, amount, from, to, expected) => {
    const month =
      from.slice(0, 8) === '2026-06-' ? june : { start: '2026-11-01T00:00:00.000Z', end: '2026-12-01T00:00:00.000Z' }
    const stretch = { start: `${from}T00:00:00.000Z`, end: `${to}T00:00:00.000Z` }
    expect(amounts(invoice({ base: base(amount, month, stretch) }))).toEqual([expected])
  })
  it('E17: is one line with the plan name, its days and no events', () => {
    const january = { start: '2026-01-01T00:00:00.000Z', end: '2026-02-01T00:00:00.000Z' }
    const stretch = { start: '2026-01-12T00:00:00.000Z', end: january.end }
    expect(invoice({ base: base('3100', january, stretch) }).fees).toMatchObject([
      {
        feeType: 'subscription',
        description: 'Pro',
        units: '1',
        unitAmount: '2000',
        amount: '2000',
        eventsCount: 0,
        properties: { from: stretch.start, to: stretch.end, days: 20, of_days: 31 },
      },
    ])
  })
  it('of 0 is no line', () => expect(invoice({ base: base('0', june) }).fees).toEqual([]))
})

describe('the billing period', () => {
  const july = { start: june.end, end: '2026-08-01T00:00:00.000Z' }
  const m = [charge('m', 'standard', { amount: '10' })]
  const at = june.end

  it.each([
    ['the next one, whose base is paid in advance', { base: base('2000', july), usage: usage(m, { m: '1' }) }, july],
    ['the closed one where the next one costs nothing', { base: base('0', july), usage: usage(m, { m: '1' }) }, june],
    ['the closed one at the end of a subscription', { usage: usage(m, { m: '1' }) }, june],
    [
      'the corrected one, beside a base of 0',
      { base: base('0', july), corrections: [correction(usage(m, {}, may), {})] },
      may,
    ],
    ['none of all', {}, { start: at, end: at }],
  ])('is %s', (_, over, expected) => expect(billingPeriodOf(inputs(over), at)).toEqual(expected))

  it('is that of the base fee exactly where there is one', () =>
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 2, max: 30 }), (amount, day) => {
        const stretch = { start: july.start, end: `2026-07-${String(day).padStart(2, '0')}T00:00:00.000Z` }
        const over = { base: base(String(amount), july, stretch), usage: usage(m, { m: '1' }) }
        const fee = invoice(over).fees.find(({ feeType }) => feeType === 'subscription')
        expect(billingPeriodOf(inputs(over), at)).toEqual(fee?.period ?? june)
      }),
    ))
})

describe('taxes', () => {
  const fees = (...prices: string[]) => prices.map((amount, i) => charge(`m${i}`, 'standard', { amount }))
  const ones = { m0: '1', m1: '1', m2: '1' }
  it('E31: 333, 333, 334 at 20 % are 200 = 67 + 66 + 67', () => {
    const content = invoice({ usage: usage(fees('333', '333', '334'), ones), taxes: [tax('vat', '20')] })
    expect(content.taxes).toMatchObject([{ code: 'vat', taxable: '1000', amount: '200' }])
    expect(content.fees.map(({ taxAmount }) => taxAmount)).toEqual(['67', '66', '67'])
  })
  it('E33: JPY 1055 at 10 % are 106', () =>
    expect(invoice({ usage: usage(fees('1055'), ones), taxes: [tax('jct', '10')] }).totals.tax).toBe('106'))
  it('1005 under two taxes of 5 % is 50 + 50', () => {
    const content = invoice({ usage: usage(fees('1005'), ones), taxes: [tax('a', '5'), tax('b', '5')] })
    expect(content.fees[0]?.taxes.map(({ amount }) => amount)).toEqual(['50', '50'])
    expect(content.totals).toMatchObject({ subtotal: '1005', tax: '100', total: '1105', amountDue: '1105' })
  })
  it('of a correction are those of what it corrects', () => {
    const m = fees('100')
    const content = invoice({
      usage: usage(m, { m0: '5' }),
      corrections: [correction(usage(m, { m0: '11' }, may), { m0: '800' }, [tax('vat', '10')])],
      taxes: [tax('vat', '20')],
    })
    expect(content.taxes).toMatchObject([
      { rate: '20', taxable: '500', amount: '100' },
      { rate: '10', taxable: '300', amount: '30' },
    ])
  })
})

describe('a correction', () => {
  const ranges = { tiers: [{ up_to: 10, unit_price: '100' }, { unit_price: '50' }] }
  const m = [charge('m', 'graduated', ranges)]
  it('E4: bills the difference of the whole charge, 300', () => {
    const { fees } = invoice({ corrections: [correction(usage(m, { m: '12' }, may), { m: '800' })] })
    expect(fees).toMatchObject([
      {
        feeType: 'charge',
        description: 'correction: M',
        units: '4',
        unitAmount: '75',
        amount: '300',
        period: may,
        cause: { corrects: { billed: '800', now: '1100' }, carried: '0' },
      },
    ])
  })
  it('of nothing is no line', () =>
    expect(invoice({ corrections: [correction(usage(m, { m: '8' }, may), { m: '800' })] }).fees).toEqual([]))
  it('of a charge that was never billed is the whole charge', () =>
    expect(amounts(invoice({ corrections: [correction(usage(m, { m: '2' }, may), {})] }))).toEqual(['200']))
  it('comes after base and charges, by period', () => {
    const april = { start: '2026-04-01T00:00:00.000Z', end: may.start }
    const content = invoice({
      base: base('2000', june),
      usage: usage(m, { m: '1' }),
      corrections: [correction(usage(m, { m: '9' }, may), { m: '800' }), correction(usage(m, { m: '12' }, april), {})],
    })
    expect(amounts(content)).toEqual(['2000', '100', '1100', '100'])
  })
  it('that takes money back lowers the invoice', () => {
    const content = invoice({
      base: base('2000', june),
      corrections: [correction(usage(m, { m: '3' }, may), { m: '800' })],
    })
    expect(content.totals.total).toBe('1500')
  })
  it('takes no more than the invoice can bear, with its tax, and carries the rest', () => {
    const content = invoice({
      base: base('200', june),
      corrections: [correction(usage(m, { m: '3' }, may), { m: '800' }, [tax('vat', '20')])],
      taxes: [tax('vat', '20')],
    })
    expect(amounts(content)).toEqual(['200', '-200'])
    expect(content.totals.total).toBe('0')
    expect(content.fees[1]?.cause).toMatchObject({ corrects: { billed: '800', now: '300' }, carried: '-300' })
  })
  it('is made of the rest that an earlier invoice carried', () => {
    const credit = {
      ...{ planId: 'p', planVersion: 1, invoiceId: 'i', period: may, chargeId: 'c', metricCode: 'm' },
      ...{ chargeModel: 'graduated', description: 'correction: M', exact: '300' },
      ...{ billed: '600', rest: '-300', taxes: [] },
    }
    const content = invoice({ base: base('2000', june), carried: [credit] })
    expect(amounts(content)).toEqual(['2000', '-300'])
    expect(content.fees[1]?.cause).toMatchObject({ corrects: { billed: '600', now: '300' }, carried: '0' })
  })
  it('is on the invoice however many there are, though not all tell their steps', () => {
    const many = Array.from({ length: 1_000 }, (_, i) => {
      const sample = correction(usage(m, { m: '1' }, may), {})
      return { ...sample, invoiceId: `${sample.invoiceId}-${i}` }
    })
    const { fees } = invoice({ corrections: many })
    expect(fees).toHaveLength(1_000)
    const steps = fees.map(({ cause }) => JSON.stringify(cause.steps)).join('')
    expect(steps.length).toBeLessThan(CORRECTION_STEPS_BYTES_MAX * 1.1)
  })
})

describe('an invoice', () => {
  it('of real usage is 9090', () => {
    const charges = [
      charge('context_tokens', 'graduated', {
        graduated_ranges: [
          { from_value: 0, to_value: 5_000_000, per_unit_amount: '0.0003' },
          { from_value: 5_000_001, to_value: null, per_unit_amount: '0.00025' },
        ],
      }),
      charge('generated_tokens', 'package', { amount: '1.5', package_size: 1000 }),
      charge('llm_calls', 'standard', { amount: '0.05' }),
    ]
    const measured = { context_tokens: '18059974', generated_tokens: '245896', llm_calls: '8819' }
    const november = { start: '2023-11-01T00:00:00.000Z', end: '2023-12-01T00:00:00.000Z' }
    const content = invoice({
      base: base('2000', november),
      usage: usage(charges, measured, november),
      taxes: [tax('vat', '20')],
    })
    expect(amounts(content)).toEqual(['2000', '4765', '369', '441'])
    expect(content.totals).toMatchObject({ subtotal: '7575', tax: '1515', total: '9090' })
  })
  it('beyond 18 digits is refused', () => {
    const huge = base('999999999999999999', june)
    expect(composeInvoice(inputs({ base: huge, taxes: [tax('vat', '20')] }))).toMatchObject({
      error: { code: 'money_overflow' },
    })
    const m = [charge('m', 'standard', { amount: '0' })]
    expect(composeInvoice(inputs({ usage: usage(m, { m: '1'.repeat(19) }) }))).toMatchObject({ ok: false })
  })
  it('shows a unit amount that a decimal can hold, however tiny the quantity', () => {
    const m = [charge('m', 'package', { amount: '1000000000' })]
    expect(invoice({ usage: usage(m, { m: '0.000000000001' }) }).fees[0]?.unitAmount).toMatch(/^9{18}\.9{12}$/)
  })
  it('adds up and never goes below 0, whatever it is made of', () => {
    const price = fc.integer({ min: 0, max: 10_000 }).map(String)
    const rate = fc.constantFrom('0', '5', '7.7', '19', '20', '100')
    const lines = fc.array(fc.record({ now: price, before: price, rate }), { maxLength: 6 })
    fc.assert(
      fc.property(price, lines, fc.array(rate, { maxLength: 3 }), (amount, changes, rates) => {
        const corrections = changes.map(({ now, before, rate }) => {
          const m = [charge('m', 'standard', { amount: now })]
          return correction(usage(m, { m: '1' }, may), { m: before }, [tax('old', rate)])
        })
        const taxes = rates.map((each, i) => tax(`t${i}`, each))
        const { fees, totals, taxes: rows } = invoice({ base: base(amount, june), corrections, taxes })
        const sum = (all: readonly string[]) => all.reduce((total, each) => total + BigInt(each), 0n)
        expect(sum(fees.map((fee) => fee.amount)).toString()).toBe(totals.subtotal)
        expect(sum(fees.map((fee) => fee.taxAmount)).toString()).toBe(totals.tax)
        expect(sum(rows.map((row) => row.amount)).toString()).toBe(totals.tax)
        expect(sum([totals.subtotal, totals.tax]).toString()).toBe(totals.total)
        expect(BigInt(totals.total)).toBeGreaterThanOrEqual(0n)
        const carried = sum(fees.map(({ cause }) => cause.carried))
        const wanted = changes.reduce((total, { now, before }) => total + BigInt(now) - BigInt(before), BigInt(amount))
        expect(BigInt(totals.subtotal) + carried).toBe(wanted)
      }),
    )
  })
})
