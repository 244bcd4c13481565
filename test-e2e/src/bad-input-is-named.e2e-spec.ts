import type { Api } from './support/api'
import { createOrganization } from './support/organizations'
import { startPlatform, type Platform } from './support/platform'

interface Detail {
  detail: string | { type: string; loc: (string | number)[]; msg: string; input: unknown }[]
  code: string
}

describe('bad input', () => {
  let platform: Platform
  let api: Api
  let metricId: string

  beforeAll(async () => {
    platform = await startPlatform()
    api = (await createOrganization(platform, 'Careful')).api
    metricId = (await api.create('/v1/billable_metrics/', { code: 'calls', name: 'Calls', aggregation_type: 'count' }))
      .id
    await api.create('/v1/billable_metrics/', {
      code: 'tokens',
      name: 'Tokens',
      aggregation_type: 'sum',
      field_name: 'tokens',
    })
  })
  afterAll(() => platform.dispose())

  const plan = (overrides: object) => ({
    code: 'p',
    name: 'P',
    interval: 'monthly',
    amount_cents: 100,
    currency: 'USD',
    ...overrides,
  })
  const charge = (properties: object, model = 'standard') =>
    plan({ charges: [{ billable_metric_id: metricId, charge_model: model, properties }] })
  const event = (overrides: object) => ({
    transaction_id: 't',
    external_customer_id: 'c',
    code: 'tokens',
    timestamp: '2026-01-01T00:00:00Z',
    properties: { tokens: 1 },
    ...overrides,
  })
  const ranges = (...bounds: [number, number | null][]) => ({
    graduated_ranges: bounds.map(([from_value, to_value]) => ({ from_value, to_value, per_unit_amount: '1' })),
  })

  const cases: [what: string, path: string, body: () => unknown, status: number, names: string][] = [
    ['broken JSON', '/v1/customers/', () => '{"external_id": ', 422, 'body'],
    ['a list instead of an object', '/v1/customers/', () => [], 422, 'body'],
    ['a missing field', '/v1/customers/', () => ({ name: 'No id' }), 422, 'external_id'],
    ['a number instead of a text', '/v1/customers/', () => ({ external_id: 5, name: 'N' }), 422, 'external_id'],
    [
      'an unknown currency',
      '/v1/customers/',
      () => ({ external_id: 'c', name: 'N', currency: 'ZZZ' }),
      422,
      'currency',
    ],
    [
      'an unknown timezone',
      '/v1/customers/',
      () => ({ external_id: 'c', name: 'N', timezone: 'Mars/Base' }),
      422,
      'timezone',
    ],
    ['a negative amount', '/v1/plans/', () => plan({ amount_cents: -1 }), 422, 'amount_cents'],
    ['half a cent', '/v1/plans/', () => plan({ amount_cents: 0.5 }), 422, 'amount_cents'],
    [
      'an amount of 10^30',
      '/v1/plans/',
      () => `{"code":"p","name":"P","interval":"monthly","amount_cents":1e30}`,
      422,
      'amount_cents',
    ],
    ['a negative price', '/v1/plans/', () => charge({ amount: '-1' }), 422, 'amount'],
    ['a price that is not a number', '/v1/plans/', () => charge({ amount: 'NaN' }), 422, 'amount'],
    ['a price of 10^30', '/v1/plans/', () => charge({ amount: '1e30' }), 422, 'amount'],
    ['an unknown key of a charge', '/v1/plans/', () => charge({ amount: '1', colour: 'red' }), 422, 'colour'],
    [
      'a package of nothing',
      '/v1/plans/',
      () => charge({ amount: '1', package_size: 0 }, 'package'),
      422,
      'package_size',
    ],
    [
      'overlapping ranges',
      '/v1/plans/',
      () => charge(ranges([0, 10], [5, null]), 'graduated'),
      422,
      'graduated_ranges',
    ],
    [
      'a gap between ranges',
      '/v1/plans/',
      () => charge(ranges([0, 10], [20, null]), 'graduated'),
      422,
      'graduated_ranges',
    ],
    ['a closed end', '/v1/plans/', () => charge(ranges([0, 10]), 'graduated'), 422, 'graduated_ranges'],
    [
      '1,000 charges',
      '/v1/plans/',
      () =>
        plan({
          charges: Array(1000).fill({
            billable_metric_id: metricId,
            charge_model: 'standard',
            properties: { amount: '1' },
          }),
        }),
      422,
      'charges',
    ],
    ['a model that is not available yet', '/v1/plans/', () => charge({ rate: '1' }, 'percentage'), 422, 'charge_model'],
    ['a trial', '/v1/plans/', () => plan({ trial_period_days: 14 }), 422, 'trial_period_days'],
    [
      'a recurring metric',
      '/v1/billable_metrics/',
      () => ({ code: 'r', name: 'R', aggregation_type: 'count', recurring: true }),
      422,
      'recurring',
    ],
    [
      'a sum of nothing',
      '/v1/billable_metrics/',
      () => ({ code: 's', name: 'S', aggregation_type: 'sum' }),
      422,
      'field_name',
    ],
    [
      'a batch of 101',
      '/v1/events/batch',
      () => ({ events: Array.from({ length: 101 }, (_, n) => event({ transaction_id: `b${n}` })) }),
      422,
      'events',
    ],
    ['an empty batch', '/v1/events/batch', () => ({ events: [] }), 422, 'events'],
    ['an unknown metric', '/v1/events/', () => event({ code: 'nothing' }), 422, 'code'],
    ['an event without its field', '/v1/events/', () => event({ properties: {} }), 422, 'tokens'],
    ['an event whose field is a text', '/v1/events/', () => event({ properties: { tokens: 'many' } }), 422, 'tokens'],
    ['an event from the future', '/v1/events/', () => event({ timestamp: '2999-01-01T00:00:00Z' }), 422, 'timestamp'],
    ['a timestamp that is none', '/v1/events/', () => event({ timestamp: 'yesterday' }), 422, 'timestamp'],
    ['a tax above 1', '/v1/taxes/', () => ({ code: 'x', name: 'X', rate: 1.5 }), 422, 'rate'],
    ['a webhook into a private network', '/v1/webhook_endpoints/', () => ({ url: 'http://10.0.0.1/hook' }), 422, 'url'],
    [
      'an unknown card',
      '/v1/payment_methods/',
      () => ({ customer_id: metricId, provider: 'sandbox', provider_payment_method_id: 'pm_card_gold', type: 'card' }),
      422,
      '',
    ],
    [
      'an API key that has expired',
      '/v1/organizations/current/api_keys',
      () => ({ expires_at: '2020-01-01T00:00:00Z' }),
      422,
      'expires_at',
    ],
    ['a list beyond its bound', '/v1/customers/?limit=1001', () => undefined, 422, 'limit'],
    [
      'a reversed window',
      '/v1/events/volume?from_timestamp=2026-01-02&to_timestamp=2026-01-01',
      () => undefined,
      422,
      '["query","from_timestamp"]',
    ],
    ['a negative skip', '/v1/customers/?skip=-1', () => undefined, 422, 'skip'],
    ['an id that is none', '/v1/customers/not-a-uuid', () => undefined, 422, 'customer_id'],
  ]

  it.each(cases)('%s is refused, naming the field', async (_what, path, body, status, names) => {
    const sent = body()
    const answer = await api.call<Detail>(
      sent === undefined ? 'GET' : 'POST',
      path,
      sent === undefined ? {} : { body: sent },
    )
    expect([answer.status, JSON.stringify(answer.body)]).toEqual([status, expect.stringContaining(names)])
    expect(answer.body.code).toMatch(/^[a-z][a-z0-9_]*$/)
    expect(answer.headers.get('x-request-id')).toBeTruthy()
  })

  it.each(['\xff', '\xfe'])(
    'a transaction id of bytes that are no text is refused, not billed as another (%#)',
    async (id) => {
      const body = Buffer.from(JSON.stringify(event({ transaction_id: id })), 'latin1')
      const answer = await api.call<Detail>('POST', '/v1/events/', { body })
      expect([answer.status, answer.body]).toMatchObject([422, { detail: [{ type: 'utf8_invalid', loc: ['body'] }] }])
    },
  )

  it.each(['whsec_!!!', 'whsec_', ' '])(
    'the webhook key "%s", by which anybody could sign, is refused',
    async (key) => {
      const answer = await api.call<Detail>('PUT', '/v1/organizations/current', { body: { hmac_key: key } })
      expect([answer.status, answer.body]).toMatchObject([
        422,
        { code: 'invalid_hmac_key', detail: [{ loc: ['body', 'hmac_key'] }] },
      ])
    },
  )

  it('too large a body is 413', async () => {
    const answer = await api.call<Detail>('POST', '/v1/customers/', {
      body: { external_id: 'c', name: 'x'.repeat(5 * 1024 * 1024) },
    })
    expect([answer.status, typeof answer.body.detail]).toEqual([413, 'string'])
  })

  it.each(['', 'Basic abc', 'Bearer nothing', `Bearer bxb_live_${'0'.repeat(64)}`])(
    'the credential "%s" is 401',
    async (authorization) => {
      const answer = await api.call<Detail>('GET', '/v1/customers/', { headers: { authorization } })
      expect([answer.status, typeof answer.body.detail]).toEqual([401, 'string'])
    },
  )

  it('one bad event of a batch is named, and the others go in', async () => {
    const events = [
      event({ transaction_id: 'good-1' }),
      event({ transaction_id: 'bad', properties: { tokens: 'x' } }),
      event({ transaction_id: 'good-2' }),
    ]
    const answer = await api.call<{ ingested: number; errors: { index: number; field: string }[] }>(
      'POST',
      '/v1/events/batch',
      { body: { events } },
    )
    expect([answer.status, answer.body]).toMatchObject([
      201,
      { ingested: 2, errors: [{ index: 1, transaction_id: 'bad' }] },
    ])
    expect(answer.body.errors[0]?.field).toContain('tokens')
  })

  it('leaves nothing half done', async () => {
    expect(await api.read<unknown[]>('/v1/plans/')).toEqual([])
    expect(await api.read<unknown[]>('/v1/customers/')).toEqual([])
    expect((await api.read<unknown[]>('/v1/events/')).length).toBe(2)
  })
})
