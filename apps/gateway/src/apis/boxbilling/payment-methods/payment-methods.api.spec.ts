import { AddPaymentMethod, RemovePaymentMethod, SetDefaultPaymentMethod } from '@billstream/checkout-contracts'
import { paymentMethodView } from '@billstream/checkout-read-model'
import { ok, refuse } from '@billstream/kernel'
import type { Command } from '@billstream/event-sourcing-core'
import { ACME, OTHER } from '../../../../test/gateway-under-test'
import { id, startResources, type ResourcesUnderTest } from '../../../../test/resources-under-test'
import { paymentMethodRow } from '../../../../test/sample-rows'

let gateway: ResourcesUnderTest

beforeEach(async () => {
  gateway = await startResources()
  await gateway.customer('anna')
  await gateway.show(
    paymentMethodView,
    paymentMethodRow(ACME, 'visa', { is_default: true, created_at: '2026-05-01T00:00:00.000Z' }),
    paymentMethodRow(ACME, 'old card', { details: { last4: '4242' } }),
    paymentMethodRow(ACME, "ben's", { customer_id: id('ben'), created_at: '2026-04-01T00:00:00.000Z' }),
    paymentMethodRow(OTHER, 'of another'),
  )
})
afterEach(() => gateway.close())

describe('keeping a payment method', () => {
  const body = () => ({
    customer_id: id('anna'),
    provider: 'sandbox',
    provider_payment_method_id: 'pm_card_visa',
    type: 'card',
    details: { last4: '4242', weight: 12345678901234567890 },
  })
  const create = (changes: object = {}) => gateway.acme('POST', '/v1/payment_methods/', { ...body(), ...changes })
  const added = async ({ data }: Command) => {
    const { customerId, method, isDefault } = data as ReturnType<typeof AddPaymentMethod>['data']
    const row = {
      id: method.paymentMethodId,
      customer_id: customerId,
      details: method.details,
      is_default: isDefault,
    }
    await gateway.show(paymentMethodView, paymentMethodRow(ACME, 'new', row))
    return ok(undefined)
  }

  it('shows it', async () => {
    gateway.onCommand(AddPaymentMethod, added)
    const { status, json } = await create({ is_default: true })
    expect([status, json]).toMatchObject([
      201,
      { ...body(), organization_id: ACME, is_default: true, details: { last4: '4242' } },
    ])
  })

  it('makes no default unless it is told to', async () => {
    gateway.onCommand(AddPaymentMethod, added)
    await create({ details: undefined })
    expect(gateway.sent).toMatchObject([{ data: { isDefault: false, method: { details: {} } } }])
  })

  it.each([
    ['unknown_provider', 'provider', 422],
    ['unknown_payment_method_token', 'providerPaymentMethodId', 422],
    ['unknown_payment_method_token', 'provider_payment_method_id', 422],
    ['card_number_not_allowed', 'details', 422],
  ])('tells which field is refused: %s at %s', async (code, field, expected) => {
    gateway.onCommand(AddPaymentMethod, () => refuse(code, 'No.', field))
    const { status, json } = await create()
    const name = field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    expect([status, json]).toMatchObject([expected, { code, detail: [{ loc: ['body', name] }] }])
  })

  it.each([
    ['test_organization_only', 400],
    ['provider_not_configured', 503],
  ])('is refused: %s', async (code, expected) => {
    gateway.onCommand(AddPaymentMethod, () => refuse(code, 'No.', 'provider'))
    expect(await create()).toMatchObject({ status: expected, json: { code, detail: 'provider: No.' } })
  })

  it.each([
    [{ customer_id: 'anna' }, ['customer_id']],
    [{ provider: '' }, ['provider']],
    [{ provider_payment_method_id: 'x'.repeat(256) }, ['provider_payment_method_id']],
    [{ type: null, is_default: 'perhaps' }, ['type', 'is_default']],
    [{ details: [] }, ['details']],
  ])('names what is wrong in %j', async (changes, fields) => {
    const { status, json } = await create(changes)
    const named = (json['detail'] as { loc: unknown[] }[]).map(({ loc }) => loc[1])
    expect([status, new Set(named)]).toEqual([422, new Set(fields)])
    expect(gateway.sent).toEqual([])
  })

  it('does not know a customer of another organization', async () => {
    const { status, json } = await create({ customer_id: id('nobody') })
    expect([status, json]).toMatchObject([
      422,
      { code: 'customer_not_found', detail: [{ loc: ['body', 'customer_id'] }] },
    ])
  })

  it("happens in the customer's time", async () => {
    await gateway.customer('anna', { testClockId: await gateway.testClock() })
    gateway.onCommand(AddPaymentMethod, added)
    await create()
    expect(gateway.sent).toMatchObject([{ metadata: { now: gateway.frozenTime, clockId: id('clock') } }])
  })
})

describe('payment methods', () => {
  it('are listed for their organization alone', async () => {
    const { json, headers } = await gateway.acme('GET', '/v1/payment_methods/')
    expect(json.map((method) => method['id'])).toEqual([id('old card'), id('visa'), id("ben's")])
    expect(headers['x-total-count']).toBe('3')
  })

  it.each([
    [`customer_id=${id('ben')}`, ["ben's"]],
    [`customer_id=${id('anna')}&order_by=is_default:desc`, ['visa', 'old card']],
    [`customer_id=${id('anna')}&order_by=created_at&limit=1`, ['visa']],
  ])('are filtered and sorted by %s', async (query, names) => {
    const { json } = await gateway.acme('GET', `/v1/payment_methods?${query}`)
    expect(json.map((method) => method['id'])).toEqual(names.map(id))
  })

  it('are shown one by one', async () => {
    const { json } = await gateway.acme('GET', `/v1/payment_methods/${id('old card')}`)
    expect(json).toMatchObject({ id: id('old card'), is_default: false, details: { last4: '4242' } })
  })
})

describe.each([
  ['GET', '', undefined],
  ['POST', '/set_default', SetDefaultPaymentMethod],
  ['DELETE', '', RemovePaymentMethod],
] as const)('a payment method that is not there: %s %s', (method, path, definition) => {
  it.each(['of another', 'nothing'])('is unknown: %s', async (name) => {
    if (definition) gateway.onCommand(definition)
    const answer = await gateway.acme(method, `/v1/payment_methods/${id(name)}${path}`)
    expect(answer).toMatchObject({ status: 404, json: { code: 'payment_method_not_found' } })
    expect(gateway.sent).toEqual([])
  })
})

describe('the default', () => {
  const path = () => `/v1/payment_methods/${id('old card')}`

  it('moves', async () => {
    gateway.onCommand(SetDefaultPaymentMethod, async () => {
      await gateway.show(paymentMethodView, paymentMethodRow(ACME, 'old card', { is_default: true }))
      return ok(undefined)
    })
    expect(await gateway.acme('POST', `${path()}/set_default`)).toMatchObject({
      status: 200,
      json: { is_default: true },
    })
    expect(gateway.sent).toMatchObject([{ data: { customerId: id('anna'), paymentMethodId: id('old card') } }])
  })

  it('is not deleted', async () => {
    gateway.onCommand(RemovePaymentMethod, () => refuse('payment_method_is_default', 'It is the default.'))
    const { status, json } = await gateway.acme('DELETE', path())
    expect([status, json]).toEqual([400, { detail: 'It is the default.', code: 'payment_method_is_default' }])
  })

  it('lets another be deleted, once for one idempotency key', async () => {
    gateway.onCommand(RemovePaymentMethod, async () => {
      await gateway.hide(paymentMethodView, id('old card'))
      return ok(undefined)
    })
    const headers = { 'idempotency-key': 'delete' }
    const first = await gateway.acme('DELETE', path(), undefined, headers)
    const second = await gateway.acme('DELETE', path(), undefined, headers)
    expect([first.status, first.text, second.status]).toEqual([204, '', 204])
    expect(await gateway.acme('GET', path())).toMatchObject({ status: 404 })
  })
})
