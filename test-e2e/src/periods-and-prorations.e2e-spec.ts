import { eventually, type Api } from './support/api'
import { BilledCustomer } from './support/billed-customer'
import { createOrganization } from './support/organizations'
import { startPlatform, type Platform } from './support/platform'

const STARTED_AT = '2024-01-12T00:00:00.000Z'
const JUNE = '2024-06-01T00:00:00Z'

describe('a subscription is billed by its periods', () => {
  let platform: Platform
  let api: Api
  let metricId: string
  let plans = 0

  beforeAll(async () => {
    platform = await startPlatform()
    api = (await createOrganization(platform, 'Periods')).api
    await api.create('/v1/taxes/', { code: 'vat', name: 'VAT', rate: 0.2, applied_to_organization: true })
    const metric = await api.create('/v1/billable_metrics/', {
      ...{ code: 'units', name: 'Units', aggregation_type: 'sum', field_name: 'units' },
      ...{ rounding_function: 'ceil', rounding_precision: 1 },
    })
    metricId = metric.id
  })
  afterAll(() => platform.dispose())

  const planOf = async (amount: number, charges: object[] = []) => {
    plans += 1
    const plan = {
      code: `plan-${plans}`,
      name: 'Plan',
      interval: 'monthly',
      amount_cents: amount,
      currency: 'USD',
      charges,
    }
    return (await api.create('/v1/plans/', plan)).id
  }

  describe.each([
    ['calendar', true, '2024-03-01T00:00:00Z', [2000, 3100, 3100]],
    ['calendar', false, '2024-03-01T00:00:00Z', [2000, 3100]],
    ['anniversary', true, '2024-03-12T00:00:00Z', [3100, 3100, 3100]],
    ['anniversary', false, '2024-03-12T00:00:00Z', [3100, 3100]],
  ])('with %s billing, in advance: %s', (billingTime, inAdvance, until, subtotals) => {
    it(`bills ${subtotals.join(', ')} from the 12th of January on`, async () => {
      const billed = await BilledCustomer.subscribe(api, `${billingTime} ${inAdvance}`, {
        ...{ planId: await planOf(3100), startedAt: STARTED_AT },
        subscription: { billing_time: billingTime, pay_in_advance: inAdvance },
      })
      await billed.advanceTo(until)
      expect(await billed.subtotals()).toEqual(subtotals)
      const invoices = await billed.invoices()
      const ends = invoices.map(({ billing_period_end }) => billing_period_end)
      expect(invoices.map(({ billing_period_start }) => billing_period_start)).toEqual([
        STARTED_AT,
        ...ends.slice(0, -1),
      ])
    })
  })

  it('from a start in the past has one invoice for each closed period, in order', async () => {
    const billed = await BilledCustomer.subscribe(api, 'backdated', {
      ...{ planId: await planOf(3100), startedAt: STARTED_AT, frozenTime: null },
    })
    const now = new Date()
    const closed = (now.getUTCFullYear() - 2024) * 12 + now.getUTCMonth()
    await eventually(async () => expect(await billed.subtotals()).toHaveLength(closed))
    const invoices = await billed.invoices()
    expect(await billed.subtotals()).toEqual([2000, ...Array.from({ length: closed - 1 }, () => 3100)])
    const [starts, ends] = [
      invoices.map(({ billing_period_start }) => billing_period_start),
      invoices.map(({ billing_period_end }) => billing_period_end),
    ]
    expect(starts).toEqual([STARTED_AT, ...ends.slice(0, -1)])
    await eventually(async () => {
      const numbers = (await billed.invoices()).map(({ invoice_number }) => Number(invoice_number.split('-').at(-1)))
      expect(numbers).toEqual(invoices.map((_, index) => index + 1))
    })
  })

  it('in arrears and terminated on the 11th of June bills the ten days used, with tax', async () => {
    const billed = await BilledCustomer.subscribe(api, 'terminated', { planId: await planOf(3000), startedAt: JUNE })
    await billed.advanceTo('2024-06-11T00:00:00Z')
    await billed.terminate()
    await eventually(async () =>
      expect(await billed.invoices()).toMatchObject([
        { subtotal_cents: '1000.0000', tax_amount_cents: '200.0000', total_cents: '1200.0000' },
      ]),
    )
    await billed.advanceTo('2024-08-01T00:00:00Z')
    expect(await billed.subtotals()).toEqual([1000])
  })

  it('in advance and terminated bills nothing more', async () => {
    const billed = await BilledCustomer.subscribe(api, 'paid ahead', {
      ...{ planId: await planOf(3000), startedAt: JUNE, subscription: { pay_in_advance: true } },
    })
    await billed.advanceTo('2024-06-11T00:00:00Z')
    await billed.terminate()
    await billed.advanceTo('2024-08-01T00:00:00Z')
    expect(await billed.subtotals()).toEqual([3000])
  })

  it('in advance for nothing shows the periods whose usage it bills, also the one in which it ends', async () => {
    const charge = { billable_metric_id: metricId, charge_model: 'standard', properties: { amount: '10' } }
    const billed = await BilledCustomer.subscribe(api, 'free', {
      ...{ planId: await planOf(0, [charge]), startedAt: JUNE, subscription: { pay_in_advance: true } },
    })
    await billed.use('2024-06-01T00:00:00Z', 5)
    await billed.advanceTo('2024-07-01T00:00:00Z')
    await billed.use('2024-07-01T00:00:00Z', 7)
    await billed.advanceTo('2024-07-11T00:00:00Z')
    await billed.terminate()
    await billed.advanceTo('2024-08-01T00:00:00Z')
    expect(await billed.invoices()).toMatchObject([
      {
        ...{ billing_period_start: '2024-06-01T00:00:00.000Z', billing_period_end: '2024-07-01T00:00:00.000Z' },
        subtotal_cents: '50.0000',
      },
      {
        ...{ billing_period_start: '2024-07-01T00:00:00.000Z', billing_period_end: '2024-07-11T00:00:00.000Z' },
        subtotal_cents: '70.0000',
      },
    ])
  })

  it('with a grace period stays a draft until it is over', async () => {
    const billed = await BilledCustomer.subscribe(api, 'grace', {
      ...{ planId: await planOf(3000), startedAt: JUNE, customer: { invoice_grace_period: 3 } },
    })
    await billed.advanceTo('2024-07-03T23:59:59Z')
    expect(await billed.invoices()).toMatchObject([{ status: 'draft', subtotal_cents: '3000.0000' }])
    await billed.advanceTo('2024-07-04T00:00:00Z')
    expect(await billed.invoices()).toMatchObject([{ status: 'finalized', subtotal_cents: '3000.0000' }])
  })

  it('rounds the units as the metric says, once, before they are priced', async () => {
    const charge = { billable_metric_id: metricId, charge_model: 'standard', properties: { amount: '10' } }
    const billed = await BilledCustomer.subscribe(api, 'rounded', {
      planId: await planOf(0, [charge]),
      startedAt: JUNE,
    })
    await billed.use('2024-06-02T00:00:00Z', '5.105')
    await billed.use('2024-06-03T00:00:00Z', 5.105)
    await billed.advanceTo('2024-07-01T00:00:00Z')
    expect(await billed.invoices()).toMatchObject([{ line_items: [{ quantity: '10.3000', amount: '103.0000' }] }])
  })
})
