import { eventually, type Api } from './support/api'
import { amountsOf, BilledCustomer } from './support/billed-customer'
import { createOrganization } from './support/organizations'
import { startPlatform, type Platform } from './support/platform'

const JANUARY = '2024-01-01T00:00:00Z'
const DURING_JANUARY = '2024-01-10T12:00:00Z'
const GRADUATED = [
  { from_value: 0, to_value: 10, per_unit_amount: '100', flat_amount: '0' },
  { from_value: 11, to_value: null, per_unit_amount: '50', flat_amount: '0' },
]

describe('usage that comes late', () => {
  let platform: Platform
  let api: Api
  let planId: string

  beforeAll(async () => {
    platform = await startPlatform()
    api = (await createOrganization(platform, 'Late')).api
    const metric = await api.create('/v1/billable_metrics/', {
      ...{ code: 'units', name: 'Units', aggregation_type: 'sum', field_name: 'units' },
    })
    const charge = { billable_metric_id: metric.id, charge_model: 'graduated' }
    const plan = await api.create('/v1/plans/', {
      ...{ code: 'units', name: 'Units', interval: 'monthly', amount_cents: 0, currency: 'USD' },
      charges: [{ ...charge, properties: { graduated_ranges: GRADUATED } }],
    })
    planId = plan.id
  })
  afterAll(() => platform.dispose())

  const used8InJanuary = async (name: string, customer = {}) => {
    const billed = await BilledCustomer.subscribe(api, name, { planId, startedAt: JANUARY, customer })
    await billed.use(DURING_JANUARY, 8)
    return billed
  }
  /** Usage that comes before the last measurement is no late usage. */
  const endedAndBilled = async (billed: BilledCustomer) => {
    await billed.terminate()
    await eventually(async () =>
      expect(await billed.invoices()).toMatchObject([{ status: 'finalized', subtotal_cents: '800.0000' }]),
    )
  }
  /** The day on which it is heard of may be the next one already: a day after it, it is billed. */
  const untilBilled = async (billed: BilledCustomer, invoices: number, from: Date) => {
    const day = new Date(from)
    await eventually(async () => {
      day.setUTCDate(day.getUTCDate() + 1)
      await billed.advanceTo(day.toISOString())
      expect(await billed.subtotals()).toHaveLength(invoices)
    })
    return day
  }

  it('goes into the draft while the invoice waits in its grace period', async () => {
    const billed = await used8InJanuary('in grace', { invoice_grace_period: 3 })
    await billed.advanceTo('2024-02-01T00:00:00Z')
    expect(await billed.invoices()).toMatchObject([{ status: 'draft', subtotal_cents: '800.0000' }])
    await billed.use(DURING_JANUARY, 4)
    await eventually(async () => expect(await billed.subtotals()).toEqual([1100]))
    await billed.advanceTo('2024-02-04T00:00:00Z')
    expect(await billed.invoices()).toMatchObject([{ status: 'finalized', subtotal_cents: '1100.0000' }])
  })

  it('is a line on the next invoice once its own is final, and the preview says so before', async () => {
    const billed = await used8InJanuary('next invoice')
    await billed.advanceTo('2024-02-01T00:00:00Z')
    expect(await billed.invoices()).toMatchObject([{ status: 'finalized', subtotal_cents: '800.0000' }])
    await billed.use(DURING_JANUARY, 4)
    await billed.use('2024-02-10T00:00:00Z', 2)
    const preview = await billed.preview()
    expect(preview.fees.map(({ amount_cents }) => Number(amount_cents))).toEqual([200, 300])
    await billed.advanceTo('2024-03-01T00:00:00Z')
    const [, second] = await billed.invoices()
    expect(second && amountsOf(second)).toEqual([200, 300])
    expect(second?.line_items[1]).toMatchObject({ description: 'correction: Units', quantity: '4.0000' })
    expect(second?.total_cents).toBe(preview.total_cents)
    await billed.advanceTo('2024-05-01T00:00:00Z')
    expect(await billed.subtotals()).toEqual([800, 500])
  })

  it('makes an invoice of its own after the end of the subscription, each day at most one', async () => {
    const billed = await used8InJanuary('ended')
    await billed.advanceTo('2024-01-20T00:00:00Z')
    await endedAndBilled(billed)
    await billed.use(DURING_JANUARY, 3)
    await billed.use(DURING_JANUARY, 1)
    await billed.advanceTo('2024-01-21T00:00:00Z')
    const invoices = await billed.invoices()
    expect(invoices.map(amountsOf).sort()).toEqual([[300], [800]])
    const correction = invoices.find(({ subtotal_cents }) => subtotal_cents === '300.0000')
    expect(correction).toMatchObject({
      ...{ status: 'finalized', billing_period_start: '2024-01-01T00:00:00.000Z' },
      ...{ billing_period_end: '2024-01-20T00:00:00.000Z' },
    })
    await billed.advanceTo('2024-02-10T00:00:00Z')
    expect(await billed.subtotals()).toHaveLength(2)
    await billed.use(DURING_JANUARY, 1)
    await untilBilled(billed, 3, new Date('2024-02-10'))
    expect((await billed.subtotals()).sort((a, b) => a - b)).toEqual([50, 300, 800])
  }, 180_000)

  it('goes into the last draft while that waits, and makes no invoice of its own', async () => {
    const billed = await used8InJanuary('ended in grace', { invoice_grace_period: 3 })
    await billed.advanceTo('2024-01-20T00:00:00Z')
    await billed.terminate()
    await eventually(async () => expect(await billed.subtotals()).toEqual([800]))
    await billed.use(DURING_JANUARY, 4)
    await billed.advanceTo('2024-01-22T00:00:00Z')
    expect(await billed.invoices()).toMatchObject([{ status: 'draft' }])
    await billed.advanceTo('2024-02-22T00:00:00Z')
    expect(await billed.invoices()).toMatchObject([{ status: 'finalized', subtotal_cents: '1100.0000' }])
  })

  it('that takes back after the end makes no invoice, and counts against later usage', async () => {
    const billed = await used8InJanuary('takes back')
    await billed.advanceTo('2024-01-20T00:00:00Z')
    await endedAndBilled(billed)
    await billed.use(DURING_JANUARY, -3)
    await billed.advanceTo('2024-01-21T00:00:00Z')
    expect(await billed.subtotals()).toEqual([800])
    await billed.use(DURING_JANUARY, 5)
    await untilBilled(billed, 2, new Date('2024-01-21'))
    expect((await billed.subtotals()).sort((a, b) => a - b)).toEqual([200, 800])
  }, 180_000)

  it('is billed also when the end itself has nothing to bill', async () => {
    const billed = await used8InJanuary('ends at the close')
    await billed.advanceTo('2024-02-01T00:00:00Z')
    await billed.use(DURING_JANUARY, 4)
    await billed.terminate()
    await billed.advanceTo('2024-02-02T00:00:00Z')
    expect((await billed.subtotals()).sort((a, b) => a - b)).toEqual([300, 800])
  })
})
