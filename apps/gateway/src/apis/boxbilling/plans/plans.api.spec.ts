import { ok, refuse } from '@billstream/kernel'
import { ArchivePlan, ChangePlan, CreatePlan } from '@billstream/subscriptions-contracts'
import { planView } from '@billstream/subscriptions-read-model'
import { planRow } from '../../../../test/catalog-rows'
import { ACME, OTHER } from '../../../../test/gateway-under-test'
import { id, startResources, type ResourcesUnderTest } from '../../../../test/resources-under-test'

let gateway: ResourcesUnderTest

beforeEach(async () => {
  gateway = await startResources()
  await gateway.show(planView, planRow(ACME, 'pro'), planRow(ACME, 'old', { status: 'archived' }), planRow(OTHER, 'x'))
  gateway.onCommand(CreatePlan, async ({ data }) => {
    const { planId, code, amount } = data as { planId: string; code: string; amount: string }
    await gateway.show(planView, planRow(ACME, code, { id: planId, amount_cents: amount }))
    return ok(undefined)
  })
})
afterEach(() => gateway.close())

const path = '/v1/plans/'
const charge = { billable_metric_id: id('calls'), charge_model: 'standard', properties: { amount: '7.333' } }
const body = { code: 'new', name: 'New', interval: 'monthly', amount_cents: 2000, charges: [charge] }

describe('a plan', () => {
  it('is created with its charges as they were sent', async () => {
    expect(await gateway.acme('POST', path, body)).toMatchObject({
      status: 201,
      json: {
        code: 'new',
        amount_cents: 2000,
        charges: [{ properties: { amount: '7.333' }, charge_model: 'standard' }],
      },
    })
    expect(gateway.sent).toMatchObject([
      {
        data: {
          ...{ amount: '2000', currency: 'USD', trialPeriodDays: 0 },
          charges: [{ metricId: id('calls'), chargeModel: 'standard', properties: { amount: '7.333' } }],
        },
      },
    ])
  })

  it('costs up to 18 digits', async () => {
    const amount_cents = '999999999999999999'
    const { text } = await gateway.acme('POST', path, { ...body, amount_cents })
    expect(text).toContain('"amount_cents":999999999999999999,')
  })

  it('is listed and found while it is not archived', async () => {
    expect((await gateway.acme('GET', path)).json.map(({ code }) => code)).toEqual(['pro'])
    expect(await gateway.acme('GET', `${path}${id('pro')}`)).toMatchObject({ status: 200, json: { code: 'pro' } })
    for (const gone of ['old', 'x'])
      expect(await gateway.acme('GET', `${path}${id(gone)}`)).toMatchObject({ status: 404 })
  })

  it('changes only what is sent', async () => {
    gateway.onCommand(ChangePlan)
    await gateway.acme('PUT', `${path}${id('pro')}`, { amount_cents: '10.0000', name: null, charges: [] })
    expect(gateway.sent).toMatchObject([{ data: { planId: id('pro'), changes: { amount: '10', charges: [] } } }])
    expect(Object.keys((gateway.sent[0]?.data as { changes: object }).changes)).toEqual(['amount', 'charges'])
  })

  it('stays while a subscription has it', async () => {
    gateway.onCommand(ArchivePlan, () => refuse('plan_in_use', 'A subscription has not ended.'))
    expect(await gateway.acme('DELETE', `${path}${id('pro')}`)).toMatchObject({
      status: 409,
      json: { code: 'plan_in_use' },
    })
  })

  it.each([
    [refuse('code_taken', 'code new is taken.', 'code'), 409],
    [refuse('metric_not_found', 'There is no such metric.', 'charges.0.billable_metric_id'), 400],
  ])('may be refused by its service: %j', async (refusal, status) => {
    gateway.onCommand(CreatePlan, () => refusal)
    expect(await gateway.acme('POST', path, body)).toMatchObject({ status })
  })

  it('names the range that is wrong', async () => {
    const field = 'charges.0.properties.graduated_ranges.1.from_value'
    gateway.onCommand(CreatePlan, () => refuse('range_overlap', 'It begins before the last one ends.', field))
    const loc = ['body', 'charges', 0, 'properties', 'graduated_ranges', 1, 'from_value']
    expect(await gateway.acme('POST', path, body)).toMatchObject({
      status: 422,
      json: { code: 'range_overlap', detail: [{ type: 'range_overlap', loc }] },
    })
  })

  it.each([
    [{ amount_cents: -1 }, 'greater_than_equal', ['amount_cents']],
    [{ amount_cents: 10.5 }, 'fraction_of_minor_unit', ['amount_cents']],
    [{ amount_cents: 'NaN' }, 'not_a_number', ['amount_cents']],
    [{ amount_cents: '1e30' }, 'number_out_of_range', ['amount_cents']],
    [{ currency: 'QQQ' }, 'unknown_currency', ['currency']],
    [{ interval: 'daily' }, 'enum', ['interval']],
    [{ trial_period_days: 14 }, 'not_available', ['trial_period_days']],
    [{ minimum_commitment: { amount_cents: 1 } }, 'not_available', ['minimum_commitment']],
    [{ charges: [{ ...charge, charge_model: 'percentage' }] }, 'not_available', ['charges', 0, 'charge_model']],
    [{ charges: [charge, { ...charge, filters: [{}] }] }, 'not_available', ['charges', 1, 'filters']],
    [{ charges: Array(1_000).fill(charge) }, 'too_long', ['charges']],
    [{ charges: [{ ...charge, billable_metric_id: 'x' }] }, 'uuid_parsing', ['charges', 0, 'billable_metric_id']],
  ])('is refused naming the field: %.80j', async (changes, type, loc) => {
    expect(await gateway.acme('POST', path, { ...body, ...changes })).toMatchObject({
      status: 422,
      json: { detail: [{ type, loc: ['body', ...loc] }] },
    })
    expect(gateway.sent).toEqual([])
  })
})
