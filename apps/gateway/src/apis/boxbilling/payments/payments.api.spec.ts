import { RetryPayment } from '@billstream/checkout-contracts'
import { paymentView } from '@billstream/checkout-read-model'
import { ok, refuse } from '@billstream/kernel'
import { ACME, OTHER } from '../../../../test/gateway-under-test'
import { id, startResources, type ResourcesUnderTest } from '../../../../test/resources-under-test'
import { NOW, paymentRow } from '../../../../test/sample-rows'

let gateway: ResourcesUnderTest

beforeEach(async () => {
  gateway = await startResources()
  const failed = { status: 'failed', failure_reason: 'lack_of_funds', provider_payment_id: null, completed_at: null }
  await gateway.show(
    paymentView,
    paymentRow(ACME, 'paid', { created_at: '2026-05-01T00:00:00.000Z' }),
    paymentRow(ACME, 'declined', { ...failed, customer_id: id('anna'), amount_cents: '500' }),
    paymentRow(ACME, 'by hand', { provider: 'manual', customer_id: id('ben'), amount_cents: '70' }),
    paymentRow(OTHER, 'of another'),
  )
})
afterEach(() => gateway.close())

const idsOf = (json: Record<string, unknown>[]) => json.map((payment) => payment['id'])

describe('payments', () => {
  it('are listed, the newest first, for their organization alone', async () => {
    const { json, headers } = await gateway.acme('GET', '/v1/payments/')
    expect(new Set(idsOf(json))).toEqual(new Set([id('declined'), id('by hand'), id('paid')]))
    expect(idsOf(json).at(-1)).toBe(id('paid'))
    expect(headers['x-total-count']).toBe('3')
  })

  it.each([
    ['status=failed', ['declined']],
    ['provider=manual', ['by hand']],
    [`customer_id=${id('ben')}`, ['by hand']],
    [`invoice_id=${id('invoice of paid')}`, ['paid']],
    [`customer_id=${id('anna')}&status=succeeded`, ['paid']],
    ['order_by=amount_cents', ['by hand', 'declined', 'paid']],
    ['order_by=amount_cents:desc&skip=1&limit=1', ['declined']],
    [`invoice_id=${id('invoice of of another')}`, []],
  ])('are filtered and sorted by %s', async (query, names) => {
    const { json } = await gateway.acme('GET', `/v1/payments?${query}`)
    expect(idsOf(json)).toEqual(names.map(id))
  })

  it.each([
    ['provider', 'paypal'],
    ['status', 'lost'],
    ['invoice_id', '5'],
    ['limit', '1001'],
  ])('name a filter that cannot be: %s=%s', async (name, value) => {
    const { status, json } = await gateway.acme('GET', `/v1/payments/?${name}=${value}`)
    expect([status, json['detail']]).toMatchObject([422, [{ loc: ['query', name] }]])
  })

  it('are shown with amounts as text', async () => {
    const { json } = await gateway.acme('GET', `/v1/payments/${id('declined')}`)
    expect(json).toMatchObject({
      amount_cents: '500.0000',
      status: 'failed',
      failure_reason: 'lack_of_funds',
      provider_payment_id: null,
      completed_at: null,
      payment_metadata: null,
    })
  })

  it('of another organization are unknown', async () => {
    const answer = await gateway.acme('GET', `/v1/payments/${id('of another')}`)
    expect([answer.status, answer.json['code']]).toEqual([404, 'payment_not_found'])
  })
})

describe('trying a failed payment again', () => {
  const retry = (name = 'declined', headers = {}) =>
    gateway.acme('POST', `/v1/payments/${id(name)}/retry`, undefined, headers)
  const pendingAgain = async () => {
    const pending = { status: 'pending', failure_reason: null, attempt: 2 }
    await gateway.show(paymentView, paymentRow(ACME, 'declined', pending))
    return ok(undefined)
  }

  beforeEach(() => gateway.customer('anna'))

  it('makes it pending', async () => {
    gateway.onCommand(RetryPayment, pendingAgain)
    const { status, json } = await retry()
    expect([status, json['status'], json['failure_reason']]).toEqual([200, 'pending', null])
    expect(gateway.sent).toMatchObject([{ data: { paymentId: id('declined') }, metadata: { now: NOW } }])
  })

  it('happens once for one idempotency key', async () => {
    gateway.onCommand(RetryPayment, pendingAgain)
    const [first, second] = [
      await retry('declined', { 'idempotency-key': 'k' }),
      await retry('declined', { 'idempotency-key': 'k' }),
    ]
    expect(second.json).toEqual(first.json)
    expect(second.headers['idempotency-replayed']).toBe('true')
    expect(gateway.sent).toHaveLength(1)
  })

  it.each(['payment_not_failed', 'no_default_payment_method', 'nothing_due'])('is refused: %s', async (code) => {
    gateway.onCommand(RetryPayment, () => refuse(code, 'Not now.'))
    const { status, json } = await retry()
    expect([status, json]).toEqual([400, { detail: 'Not now.', code }])
  })

  it('is not offered for a payment of another organization', async () => {
    expect(await retry('of another')).toMatchObject({ status: 404, json: { code: 'payment_not_found' } })
    expect(gateway.sent).toEqual([])
  })

  describe('of a customer on a test clock', () => {
    it("happens in the customer's time", async () => {
      await gateway.customer('anna', { testClockId: await gateway.testClock() })
      gateway.onCommand(RetryPayment, pendingAgain)
      await retry()
      expect(gateway.sent).toMatchObject([{ metadata: { now: gateway.frozenTime, clockId: id('clock') } }])
    })

    it('waits until the clock stands', async () => {
      await gateway.customer('anna', { testClockId: await gateway.testClock({ advancing: true }) })
      const { status, headers } = await retry()
      expect([status, headers['retry-after']]).toEqual([409, '1'])
      expect(gateway.sent).toEqual([])
    })
  })
})
