import { ok, refuse } from '@billstream/kernel'
import { ActivateSubscription, CreateSubscription, TerminateSubscription } from '@billstream/subscriptions-contracts'
import { subscriptionView } from '@billstream/subscriptions-read-model'
import { subscriptionRow } from '../../../../test/catalog-rows'
import { ACME, OTHER } from '../../../../test/gateway-under-test'
import { id, startResources, type ResourcesUnderTest } from '../../../../test/resources-under-test'

let gateway: ResourcesUnderTest
const path = '/v1/subscriptions/'
const body = { external_id: 'new', customer_id: id('anna'), plan_id: id('plan') }

beforeEach(async () => {
  gateway = await startResources()
  await gateway.customer('anna')
  await gateway.customer('ben')
  await gateway.show(
    subscriptionView,
    subscriptionRow(ACME, 'running'),
    subscriptionRow(ACME, 'waiting', { status: 'pending', starts_at: null, started_at: null, period_end: null }),
    subscriptionRow(ACME, 'over', { status: 'terminated', customer_id: id('ben') }),
    subscriptionRow(OTHER, 'foreign'),
  )
  gateway.onCommand(CreateSubscription, async ({ data }) => {
    const { subscriptionId, externalId } = data as { subscriptionId: string; externalId: string }
    await gateway.show(subscriptionView, subscriptionRow(ACME, externalId, { id: subscriptionId }))
    return ok(undefined)
  })
})
afterEach(() => gateway.close())

describe('a subscription', () => {
  it('is created by the calendar and in arrears unless it says otherwise', async () => {
    expect(await gateway.acme('POST', path, body)).toMatchObject({
      status: 201,
      json: { external_id: 'new', status: 'active', trial_period_days: 0, canceled_at: null },
    })
    expect(gateway.sent).toMatchObject([
      {
        data: {
          ...{ billingTime: 'calendar', payInAdvance: false, onTerminationAction: 'generate_invoice' },
          ...{ startedAt: null, subscriptionAt: null, customerId: id('anna'), planId: id('plan') },
        },
        metadata: { now: '2026-06-01T00:00:00.000Z' },
      },
    ])
  })

  it('is ruled by the test clock of its customer', async () => {
    const testClockId = await gateway.testClock()
    await gateway.customer('clara', { testClockId })
    await gateway.acme('POST', path, { ...body, customer_id: id('clara') })
    expect(gateway.sent).toMatchObject([{ metadata: { now: gateway.frozenTime, clockId: testClockId } }])
  })

  it('waits while the clock advances', async () => {
    await gateway.customer('clara', { testClockId: await gateway.testClock({ advancing: true }) })
    const answer = await gateway.acme('POST', path, { ...body, customer_id: id('clara') })
    expect(answer).toMatchObject({ status: 409, headers: { 'retry-after': '1' } })
  })

  it.each([
    [{ customer_id: id('nobody') }, 400, 'customer_not_found'],
    [{ trial_period_days: 7 }, 422, 'not_available'],
    [{ billing_time: 'sometimes' }, 422, 'invalid_request'],
    [{ started_at: 'yesterday' }, 422, 'invalid_request'],
  ])('is refused: %j is %d', async (changes, status, code) => {
    expect(await gateway.acme('POST', path, { ...body, ...changes })).toMatchObject({ status, json: { code } })
    expect(gateway.sent).toEqual([])
  })

  it.each([
    [refuse('plan_not_found', 'There is no such plan.', 'plan_id'), 400],
    [refuse('external_id_taken', 'Taken.', 'external_id'), 409],
    [refuse('started_too_long_ago', 'More than 100 periods.', 'started_at'), 422],
    [refuse('not_available', 'Not yet.', 'on_termination_action'), 422],
  ])('may be refused by its service: %j', async (refusal, status) => {
    gateway.onCommand(CreateSubscription, () => refusal)
    expect(await gateway.acme('POST', path, body)).toMatchObject({ status, json: { code: refusal.error.code } })
  })

  it('is listed by customer', async () => {
    const names = async (query: string) =>
      (await gateway.acme('GET', `${path}?order_by=external_id${query}`)).json.map((each) => each['external_id'])
    expect(await names('')).toEqual(['over', 'running', 'waiting'])
    expect(await names(`&customer_id=${id('ben')}`)).toEqual(['over'])
    expect(await names(`&customer_id=${id('nobody')}`)).toEqual([])
  })

  it('is started by hand', async () => {
    gateway.onCommand(ActivateSubscription)
    expect(await gateway.acme('POST', `${path}${id('waiting')}/activate`)).toMatchObject({ status: 200 })
    gateway.onCommand(ActivateSubscription, () => refuse('subscription_not_pending', 'It runs.'))
    expect(await gateway.acme('POST', `${path}${id('running')}/activate`)).toMatchObject({ status: 400 })
  })

  it('is terminated as its query says', async () => {
    gateway.onCommand(TerminateSubscription)
    const answer = await gateway.acme('DELETE', `${path}${id('running')}?on_termination_action=skip`)
    expect(answer).toMatchObject({ status: 204, text: '' })
    expect(gateway.sent).toMatchObject([{ data: { subscriptionId: id('running'), onTerminationAction: 'skip' } }])
  })

  it('that has ended is not found by a termination', async () => {
    gateway.onCommand(TerminateSubscription, () => refuse('subscription_ended', 'It has ended.'))
    expect(await gateway.acme('DELETE', `${path}${id('over')}`)).toMatchObject({ status: 404 })
  })

  it('of another organization is not there', async () => {
    for (const [method, suffix] of [
      ['GET', ''],
      ['DELETE', ''],
      ['POST', '/activate'],
    ] as const) {
      const answer = await gateway.acme(method, `${path}${id('foreign')}${suffix}`)
      expect(answer).toMatchObject({ status: 404, json: { code: 'subscription_not_found' } })
    }
    expect(gateway.sent).toEqual([])
  })
})

describe('the next billing date', () => {
  it('is the end of the open period', async () => {
    expect(await gateway.acme('GET', `${path}${id('running')}/next_billing_date`)).toMatchObject({
      status: 200,
      json: {
        ...{ next_billing_date: '2026-07-01T00:00:00.000Z', current_period_started_at: '2026-06-01T00:00:00.000Z' },
        ...{ interval: 'monthly', days_until_next_billing: 30 },
      },
    })
  })

  it.each(['over', 'waiting'])('of one that is %s is 400', async (name) => {
    expect(await gateway.acme('GET', `${path}${id(name)}/next_billing_date`)).toMatchObject({ status: 400 })
  })
})
