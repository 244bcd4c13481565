import { feeView } from '@billstream/invoicing-read-model'
import { ACME, OTHER } from '../../../../test/gateway-under-test'
import { id, startResources, type ResourcesUnderTest } from '../../../../test/resources-under-test'
import { feeRow } from '../../../../test/sample-rows'

let gateway: ResourcesUnderTest

beforeAll(async () => {
  gateway = await startResources()
  const base = { fee_type: 'subscription', charge_id: null, metric_code: null, units: '1', events_count: 0 }
  await gateway.show(
    feeView,
    feeRow(ACME, 'calls', { created_at: '2026-06-01T00:00:02.000Z' }),
    feeRow(ACME, 'base', {
      ...base,
      amount_cents: '2000',
      subscription_id: id('other subscription'),
      created_at: '2026-06-01T00:00:01.000Z',
    }),
    feeRow(ACME, 'paid', {
      payment_status: 'succeeded',
      customer_id: id('ben'),
      invoice_id: id('paid invoice'),
      amount_cents: '999999999999999999',
      created_at: '2026-06-01T00:00:00.000Z',
    }),
    feeRow(OTHER, 'of another'),
  )
})
afterAll(() => gateway.close())

describe('fees', () => {
  it.each([
    ['', ['calls', 'base', 'paid']],
    ['order_by=created_at', ['paid', 'base', 'calls']],
    ['order_by=amount_cents:desc', ['paid', 'base', 'calls']],
    ['order_by=units&limit=1', ['base']],
    [`invoice_id=${id('paid invoice')}`, ['paid']],
    [`customer_id=${id('ben')}`, ['paid']],
    [`subscription_id=${id('other subscription')}`, ['base']],
    ['fee_type=charge&payment_status=pending', ['calls']],
    ['fee_type=commitment', []],
  ])('are listed by %j for their organization alone', async (query, names) => {
    const { json } = await gateway.acme('GET', `/v1/fees/?${query}`)
    expect(json.map((fee) => fee['id'])).toEqual(names.map(id))
  })

  it('are counted by the same filters', async () => {
    const { headers } = await gateway.acme('GET', '/v1/fees?payment_status=pending&limit=1')
    expect(headers['x-total-count']).toBe('2')
  })

  it.each([
    ['fee_type', 'tip'],
    ['payment_status', 'open'],
    ['subscription_id', 'x'],
    ['skip', '-1'],
  ])('name a filter that cannot be: %s=%s', async (name, value) => {
    const { status, json } = await gateway.acme('GET', `/v1/fees/?${name}=${value}`)
    expect([status, json['detail']]).toMatchObject([422, [{ loc: ['query', name] }]])
  })

  it('are shown with amounts and units as text', async () => {
    const { json } = await gateway.acme('GET', `/v1/fees/${id('calls')}`)
    expect(json).toMatchObject({
      ...{ units: '13.5000', unit_amount_cents: '7.3330', amount_cents: '99.0000', taxes_amount_cents: '20.0000' },
      ...{ total_amount_cents: '119.0000', events_count: 2, commitment_id: null, metric_code: 'calls' },
    })
  })

  it('keep all digits', async () =>
    expect((await gateway.acme('GET', `/v1/fees/${id('paid')}`)).json['amount_cents']).toBe('999999999999999999.0000'))

  it('of another organization are unknown', async () =>
    expect(await gateway.acme('GET', `/v1/fees/${id('of another')}`)).toMatchObject({
      status: 404,
      json: { code: 'fee_not_found' },
    }))
})
