import { ok, refuse } from '@billstream/kernel'
import { BillableMetric } from '@billstream/usage-contracts'
import { billableMetricView } from '@billstream/usage-read-model'
import { metricRow } from '../../../../test/catalog-rows'
import { ACME, OTHER } from '../../../../test/gateway-under-test'
import { id, startResources, type ResourcesUnderTest } from '../../../../test/resources-under-test'

let gateway: ResourcesUnderTest

beforeEach(async () => {
  gateway = await startResources()
  await gateway.show(
    billableMetricView,
    metricRow(ACME, 'tokens'),
    metricRow(ACME, 'gone', { status: 'removed' }),
    metricRow(OTHER, 'calls'),
  )
  gateway.onCommand(BillableMetric.Define, async ({ data }) => {
    const { id: metricId, fields } = data as { id: string; fields: { code: string } }
    await gateway.show(billableMetricView, metricRow(ACME, fields.code, { id: metricId }))
    return ok(undefined)
  })
})
afterEach(() => gateway.close())

const path = '/v1/billable_metrics/'

describe('a billable metric', () => {
  it('is created from its fields', async () => {
    const body = { code: 'llm', name: 'LLM', aggregation_type: 'sum', field_name: 'tokens', rounding_function: 'ceil' }
    expect(await gateway.acme('POST', path, body)).toMatchObject({
      status: 201,
      json: { code: 'llm', expression: null },
    })
    expect(gateway.sent).toMatchObject([
      {
        data: {
          fields: {
            ...{ code: 'llm', name: 'LLM', description: null, aggregationType: 'sum', fieldName: 'tokens' },
            ...{ recurring: false, roundingFunction: 'ceil', roundingPrecision: null },
          },
        },
      },
    ])
  })

  it('is listed with those of its organization that are not deleted', async () => {
    const { json, headers } = await gateway.acme('GET', path)
    expect([json.map(({ code }) => code), headers['x-total-count']]).toEqual([['tokens'], '1'])
    expect(await gateway.acme('GET', `${path}${id('gone')}`)).toMatchObject({ status: 404 })
    expect(await gateway.acme('GET', `${path}${id('calls')}`)).toMatchObject({ status: 404 })
  })

  it('changes only what is sent', async () => {
    gateway.onCommand(BillableMetric.Change)
    await gateway.acme('PUT', `${path}${id('tokens')}`, { name: 'Tokens', description: null, field_name: '' })
    expect(gateway.sent).toMatchObject([{ data: { changes: { name: 'Tokens', description: null, fieldName: null } } }])
  })

  it.each([
    [refuse('metric_in_use', 'A plan prices this metric.'), 409],
    [refuse('billable_metric_not_found', 'Gone.'), 404],
  ])('may refuse its deletion: %j', async (refusal, status) => {
    gateway.onCommand(BillableMetric.Remove, () => refusal)
    expect(await gateway.acme('DELETE', `${path}${id('tokens')}`)).toMatchObject({ status })
  })

  it.each([
    [{ aggregation_type: 'weighted_sum' }, 'not_available', 'aggregation_type'],
    [{ aggregation_type: 'custom' }, 'not_available', 'aggregation_type'],
    [{ aggregation_type: 'average' }, 'enum', 'aggregation_type'],
    [{ recurring: true }, 'not_available', 'recurring'],
    [{ expression: 'a * b' }, 'not_available', 'expression'],
    [{ rounding_precision: 16 }, 'less_than_equal', 'rounding_precision'],
    [{ rounding_function: 'up' }, 'enum', 'rounding_function'],
    [{ code: 'x'.repeat(256) }, 'string_too_long', 'code'],
  ])('is refused naming the field: %j', async (changes, type, field) => {
    const body = { code: 'llm', name: 'LLM', aggregation_type: 'count', ...changes }
    expect(await gateway.acme('POST', path, body)).toMatchObject({
      status: 422,
      json: { detail: [{ type, loc: ['body', field] }] },
    })
    expect(gateway.sent).toEqual([])
  })

  it('takes what is not served yet where it would do nothing', async () => {
    const body = { code: 'llm', name: 'LLM', aggregation_type: 'count', recurring: false, expression: null }
    expect(await gateway.acme('POST', path, body)).toMatchObject({ status: 201 })
  })

  it('tells a refusal of its service with the field', async () => {
    gateway.onCommand(BillableMetric.Define, () => refuse('field_name_required', 'It reads a field.', 'field_name'))
    const body = { code: 'llm', name: 'LLM', aggregation_type: 'sum' }
    expect(await gateway.acme('POST', path, body)).toMatchObject({
      status: 422,
      json: { code: 'field_name_required', detail: [{ loc: ['body', 'field_name'] }] },
    })
  })
})
