import { PreviewInvoice } from '@billstream/invoicing-contracts'
import { planVersionId, planVersionView, subscriptionView } from '@billstream/subscriptions-read-model'
import { planRow, subscriptionRow } from '../../../../test/catalog-rows'
import { ACME } from '../../../../test/gateway-under-test'
import { id, startResources, type ResourcesUnderTest } from '../../../../test/resources-under-test'
import { fee } from '../../../../test/sample-rows'

let gateway: ResourcesUnderTest

beforeEach(async () => {
  gateway = await startResources()
})
afterEach(() => gateway.close())

const create = (body: object) => gateway.acme('POST', '/v1/customers/', body)

describe('a customer', () => {
  it('inherits what it does not say', async () => {
    expect(await create({ external_id: 'ada', name: 'Ada' })).toMatchObject({
      status: 201,
      json: {
        ...{ external_id: 'ada', name: 'Ada', email: null, currency: 'USD', timezone: 'UTC', billing_metadata: {} },
        ...{ invoice_grace_period: 0, net_payment_term: 30, test_clock_id: null },
      },
    })
  })

  it('keeps what it says', async () => {
    const said = { email: 'ada@example.com', currency: 'eur', timezone: 'Europe/Berlin', invoice_grace_period: 3 }
    const metadata = { tax_id: 'DE1', big: 5 }
    const { json } = await create({ external_id: 'ada', name: 'Ada', ...said, billing_metadata: metadata })
    expect(json).toMatchObject({ ...said, currency: 'EUR', billing_metadata: metadata })
  })

  it('keeps a time zone as its name is written', async () => {
    const { json } = await create({ external_id: 'ada', name: 'Ada', timezone: 'europe/BERLIN' })
    expect(json).toMatchObject({ timezone: 'Europe/Berlin' })
  })

  it('changes only what is sent, and null clears', async () => {
    const { json: made } = await create({ external_id: 'ada', name: 'Ada', email: 'a@b.co', timezone: 'Asia/Tokyo' })
    const { json } = await gateway.acme('PUT', `/v1/customers/${String(made['id'])}`, { email: null, timezone: null })
    expect(json).toMatchObject({ name: 'Ada', email: null, timezone: 'UTC' })
  })

  it('is gone once it is deleted', async () => {
    const { json: made } = await create({ external_id: 'ada', name: 'Ada' })
    const path = `/v1/customers/${String(made['id'])}`
    expect(await gateway.acme('DELETE', path)).toMatchObject({ status: 204, text: '' })
    expect(await gateway.acme('GET', path)).toMatchObject({ status: 404, json: { code: 'customer_not_found' } })
    expect(await gateway.acme('DELETE', path)).toMatchObject({ status: 404 })
    expect((await gateway.acme('GET', '/v1/customers/')).json).toEqual([])
  })

  it.each([
    [{ name: 'A' }, 'external_id'],
    [{ external_id: '', name: 'A' }, 'external_id'],
    [{ external_id: 'a', name: 'A', currency: 'QQQ' }, 'currency'],
    [{ external_id: 'a', name: 'A', timezone: 'Mars/Base' }, 'timezone'],
    [{ external_id: 'a', name: 'A', email: 'nobody' }, 'email'],
    [{ external_id: 'a', name: 'A', net_payment_term: -1 }, 'net_payment_term'],
    [{ external_id: 'a', name: 'A', invoice_grace_period: 1.5 }, 'invoice_grace_period'],
    [{ external_id: 'a', name: 'A', billing_metadata: [] }, 'billing_metadata'],
  ])('is refused naming the field: %j', async (body, field) => {
    expect(await create(body)).toMatchObject({ status: 422, json: { detail: [{ loc: ['body', field] }] } })
  })
})

describe('current usage', () => {
  const path = (subscription: string) => `/v1/customers/anna/current_usage?subscription_id=${subscription}`
  const calls = { chargeId: id('charge'), metricCode: 'calls', aggregation: 'sum', units: '13.5' }
  const totals = {
    ...{ subtotal: '599', coupons: '0', tax: '0', progressiveCredit: '0', total: '599', prepaidCredit: '0' },
    amountDue: '599',
  }

  beforeEach(async () => {
    await gateway.customer('anna')
    await gateway.show(
      subscriptionView,
      subscriptionRow(ACME, 'running'),
      subscriptionRow(ACME, 'over', { status: 'terminated' }),
      subscriptionRow(ACME, "ben's", { customer_id: id('ben') }),
    )
    const { charges, currency, amount_cents, name, interval } = planRow(ACME, 'plan')
    const version = { charges, currency, amount_cents, name, interval, plan_id: id('plan'), version: 1 }
    await gateway.show(planVersionView, { ...version, id: planVersionId(id('plan'), 1), organization_id: ACME })
    gateway.onQuery(PreviewInvoice, () => ({
      ...{ ok: true as const, currency: 'USD', totals, usage: [calls] },
      fees: [fee('calls'), fee('base', { feeType: 'subscription', chargeId: null, amount: '500' })],
    }))
  })

  it.each(['running', id('running')])('is found by id and external id: %s', async (named) => {
    const { status, json } = await gateway.acme('GET', path(named))
    expect([status, json]).toMatchObject([
      200,
      {
        ...{ from_datetime: '2026-06-01T00:00:00.000Z', to_datetime: '2026-07-01T00:00:00.000Z' },
        ...{ amount_cents: '99.0000', currency: 'USD' },
        charges: [
          {
            billable_metric: { code: 'calls', name: 'Calls', aggregation_type: 'sum' },
            ...{ units: '13.5000', amount_cents: '99.0000', charge_model: 'standard', filters: {} },
          },
        ],
      },
    ])
  })

  it.each(['over', "ben's", 'unknown', id('unknown')])('of another subscription is 404: %s', async (named) => {
    expect(await gateway.acme('GET', path(encodeURIComponent(named)))).toMatchObject({ status: 404 })
  })

  it('of an unknown customer is 404, without a subscription 422', async () => {
    expect(await gateway.acme('GET', '/v1/customers/nobody/current_usage?subscription_id=a')).toMatchObject({
      status: 404,
    })
    expect(await gateway.acme('GET', '/v1/customers/anna/current_usage')).toMatchObject({
      status: 422,
      json: { detail: [{ loc: ['query', 'subscription_id'] }] },
    })
  })
})
