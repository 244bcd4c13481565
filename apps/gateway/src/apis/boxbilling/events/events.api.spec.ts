import {
  GetUsageEvent,
  ListUsageEvents,
  UsageVolume,
  type IngestAnswer,
  type IngestRequest,
  type UsageEventView,
} from '@billstream/usage-contracts'
import { metricRow } from '../../../../test/catalog-rows'
import { ACME } from '../../../../test/gateway-under-test'
import { id } from '../../../../test/resources-under-test'
import { startUsage } from '../../../../test/usage-under-test'

let gateway: Awaited<ReturnType<typeof startUsage>>
let answer: (request: IngestRequest) => IngestAnswer

const stored = (event: Partial<UsageEventView>): UsageEventView => ({
  ...{ id: id('event'), transactionId: 't1', externalCustomerId: 'anna', externalSubscriptionId: '', code: 'calls' },
  ...{ timestamp: '2026-06-01T00:00:00.000Z', properties: '{}', createdAt: '2026-06-01T00:00:00.000Z' },
  ...event,
})

beforeEach(async () => {
  answer = ({ events }) => ({
    ok: true,
    events: events.map((event) => ({ status: 'created', event: stored(event) })),
  })
  gateway = await startUsage(({ payload }) => answer(payload as IngestRequest))
})
afterEach(() => gateway.close())

const event = {
  ...{ transaction_id: 't1', external_customer_id: 'anna', code: 'calls' },
  ...{ timestamp: '2026-05-31T22:00:00.123456-02:00', properties: { tokens: 5 } },
}
const post = (body: unknown) => gateway.call('POST', '/v1/events/', body)
const postBatch = (...events: unknown[]) => gateway.call('POST', '/v1/events/batch', { events })

describe('a usage event', () => {
  it('goes to the log with its microseconds and digits, and comes back', async () => {
    const { status, json, headers } = await post(event)
    expect([status, headers['x-event-status'], json]).toMatchObject([
      201,
      'created',
      { timestamp: '2026-06-01T00:00:00.123456Z', properties: { tokens: 5 }, external_subscription_id: null },
    ])
    expect(json).not.toHaveProperty('conflict')
    expect(gateway.requests).toMatchObject([
      { organizationId: ACME, payload: { batch: false, events: [{ properties: '{"tokens":5}' }] } },
    ])
  })

  it('keeps every digit of its numbers', async () => {
    const raw = JSON.stringify(event).replace('5}', '123456789012345678.123456789012}')
    const { text } = await gateway.call('POST', '/v1/events', raw)
    expect(text).toContain('"properties":{"tokens":123456789012345678.123456789012}')
  })

  it.each(['duplicate', 'conflict'] as const)('that is known says %s', async (status) => {
    answer = () => ({ ok: true, events: [{ status, event: stored({}) }] })
    const { json, headers } = await post(event)
    expect(headers['x-event-status']).toBe(status)
    expect(json['conflict']).toBe(status === 'conflict' ? true : undefined)
  })

  it('is refused with the field that its metric reads', async () => {
    const refusal = { code: 'field_missing', field: 'properties.tokens', message: 'The metric reads tokens.' }
    answer = () => ({ ok: true, events: [{ status: 'refused', ...refusal }] })
    expect(await post(event)).toMatchObject({
      status: 422,
      json: { detail: [{ type: 'field_missing', loc: ['body', 'properties', 'tokens'] }] },
    })
  })

  it('of an unknown metric is 422', async () => {
    answer = () => ({ ok: false, code: 'unknown_metric_code', index: 0, field: 'code', message: 'Unknown.' })
    expect(await post(event)).toMatchObject({
      status: 422,
      json: { detail: [{ type: 'unknown_metric_code', loc: ['body', 'code'] }] },
    })
  })

  it.each([
    [{ transaction_id: '' }, 'transaction_id'],
    [{ timestamp: 1_700_000_000 }, 'timestamp'],
    [{ timestamp: '2026-02-30T00:00:00Z' }, 'timestamp'],
    [{ properties: 'none' }, 'properties'],
    [{ properties: { text: 'x'.repeat(64_001) } }, 'properties'],
    [{ code: null }, 'code'],
  ])('is refused naming the field: %.60j', async (changes, field) => {
    expect(await post({ ...event, ...changes })).toMatchObject({
      status: 422,
      json: { detail: [{ loc: ['body', field] }] },
    })
    expect(gateway.requests).toEqual([])
  })
})

describe('a batch of usage events', () => {
  const numbered = (index: number) => ({ ...event, transaction_id: `t${index}` })

  it('counts what is new, and lists conflicts and refusals by their place', async () => {
    answer = () => ({
      ok: true,
      events: [
        { status: 'created', event: stored({ transactionId: 't0' }) },
        { status: 'duplicate', event: stored({ transactionId: 't1' }) },
        { status: 'refused', code: 'field_missing', field: 'properties.tokens', message: 'Missing.' },
        { status: 'conflict', event: stored({ transactionId: 't3' }) },
      ],
    })
    const { status, json } = await postBatch(...[0, 1, 2, 3].map(numbered))
    expect([status, json]).toMatchObject([
      201,
      {
        ...{ ingested: 1, duplicates: 2, conflicts: [{ index: 3, transaction_id: 't3' }] },
        events: [{ transaction_id: 't0' }, { transaction_id: 't1' }, { transaction_id: 't3', conflict: true }],
        errors: [{ index: 2, transaction_id: 't2', field: 'properties.tokens', message: 'Missing.' }],
      },
    ])
  })

  it('of which none could be taken is 422 with each of them', async () => {
    const refusal = { code: 'field_missing', field: 'properties.tokens', message: 'Missing.' }
    answer = () => ({ ok: true, events: [1, 2].map(() => ({ status: 'refused', ...refusal })) })
    expect(await postBatch(numbered(1), numbered(2))).toMatchObject({
      status: 422,
      json: {
        detail: [
          { loc: ['body', 'events', 0, 'properties', 'tokens'] },
          { loc: ['body', 'events', 1, 'properties', 'tokens'] },
        ],
      },
    })
  })

  it('with an unknown metric is refused whole, naming the event', async () => {
    answer = () => ({ ok: false, code: 'unknown_metric_code', index: 1, field: 'code', message: 'Unknown.' })
    expect(await postBatch(numbered(1), numbered(2))).toMatchObject({
      status: 422,
      json: { detail: [{ loc: ['body', 'events', 1, 'code'] }] },
    })
  })

  it.each([0, 101])('has 1 to 100 events, not %d', async (count) => {
    expect(await postBatch(...Array.from({ length: count }, (_, index) => numbered(index)))).toMatchObject({
      status: 422,
      json: { detail: [{ loc: ['body', 'events'] }] },
    })
  })

  it('that is large goes in several messages, once all its metrics are known', async () => {
    const large = Array.from({ length: 20 }, (_, index) => ({
      ...numbered(index),
      properties: { text: 'x'.repeat(60_000) },
    }))
    expect(await postBatch(...large)).toMatchObject({
      status: 422,
      json: { detail: [{ type: 'unknown_metric_code', loc: ['body', 'events', 0, 'code'] }] },
    })
    await gateway.show(metricRow(ACME, 'calls'))
    const { json } = await postBatch(...large)
    expect(json).toMatchObject({ ingested: 20, duplicates: 0 })
    expect(gateway.requests.length).toBeGreaterThan(1)
    expect(new Set(gateway.requests.map(({ requestId }) => requestId)).size).toBe(gateway.requests.length)
  })
})

describe('reading usage', () => {
  it('lists by both bounds, customer and code', async () => {
    const asked: unknown[] = []
    gateway.onQuery(ListUsageEvents, (filter: unknown) => {
      asked.push(filter)
      return { events: [stored({ properties: '{"tokens":1.50}' })], total: 7 }
    })
    const query = 'external_customer_id=anna&code=calls&from_timestamp=2026-05-01&order_by=timestamp&limit=1'
    const { text, headers } = await gateway.call('GET', `/v1/events/?${query}`)
    expect(headers['x-total-count']).toBe('7')
    expect(text).toContain('{"tokens":1.50}')
    expect(asked).toEqual([
      {
        ...{ externalCustomerId: 'anna', code: 'calls', fromTimestamp: '2026-05-01T00:00:00.000Z' },
        ...{ orderBy: { column: 'timestamp', direction: 'asc' }, skip: 0, limit: 1 },
      },
    ])
  })

  it('finds one event', async () => {
    gateway.onQuery(GetUsageEvent, ({ id: wanted }: { id: string }) => ({
      event: wanted === id('event') ? stored({}) : null,
    }))
    expect(await gateway.call('GET', `/v1/events/${id('event')}`)).toMatchObject({ status: 200 })
    expect(await gateway.call('GET', `/v1/events/${id('none')}`)).toMatchObject({ status: 404 })
  })

  it('counts per hour', async () => {
    gateway.onQuery(UsageVolume, ({ fromHour }: { fromHour: string }) => ({ hours: [{ hour: fromHour, count: 3 }] }))
    const { json } = await gateway.call('GET', '/v1/events/volume')
    const points = json['data_points'] as { timestamp: string; count: number }[]
    expect([points.length, points[0], points.at(-1)]).toEqual([
      24,
      { timestamp: '2026-05-31 01:00', count: 3 },
      { timestamp: '2026-06-01 00:00', count: 0 },
    ])
    expect(await gateway.call('GET', '/v1/events/volume?from_timestamp=2025-01-01')).toMatchObject({
      status: 422,
      json: { code: 'invalid_window', detail: [{ loc: ['query', 'from_timestamp'] }] },
    })
  })
})
