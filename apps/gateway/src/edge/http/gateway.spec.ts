import { ApiKeyCreated, ApiKeyRevoked, OrganizationClosed, TestClockCreated } from '@billstream/accounts-contracts'
import {
  ACME,
  ACME_KEY,
  ADMIN_SECRET,
  OTHER,
  OTHER_KEY,
  startGateway,
  type GatewayUnderTest,
} from '../../../test/gateway-under-test'
import { hashOfKey } from '../authentication/api-key-directory'

let gateway: GatewayUnderTest
const key = ACME_KEY
const clockBody = { name: 'story', frozen_time: '2026-01-01T00:00:00Z' }

beforeEach(async () => {
  gateway = await startGateway()
})
afterEach(() => gateway.application.close())

describe('access with an API key', () => {
  const path = '/v1/organizations/current'

  it('opens its organization', async () => {
    const { status, json, headers } = await gateway.call('GET', path, { key })
    expect([status, json]).toMatchObject([200, { id: ACME, slug: 'acme', test: true, hmac_key: null }])
    expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
  })

  it.each([
    ['no header', {}],
    ['another scheme', { authorization: 'Basic abc' }],
    ['no key', { authorization: 'Bearer ' }],
    ['an unknown key', { authorization: `Bearer bxb_live_${'0'.repeat(64)}` }],
    ['something that is no key', { authorization: 'Bearer x' }],
  ])('is refused with %s', async (_what, headers) => {
    expect(await gateway.call('GET', path, { headers })).toMatchObject({
      status: 401,
      json: { code: 'unauthorized', detail: expect.any(String) as string },
    })
  })

  it('ends when the key is revoked, at once after a call that revokes and soon otherwise', async () => {
    await gateway.call('GET', path, { key })
    const keyId = `${ACME.slice(0, -1)}0`
    await gateway.call('DELETE', `/v1/organizations/current/api_keys/${keyId}`, { key })
    expect(await gateway.call('GET', path, { key })).toMatchObject({ status: 401 })
  })

  it('ends when the key expires', async () => {
    const raw = `bxb_live_${'c'.repeat(64)}`
    const expiring = {
      keyId: 'k',
      name: null,
      prefix: 'p',
      hash: hashOfKey(raw),
      expiresAt: '2026-06-01T00:00:10.000Z',
    }
    await gateway.accounts.record(ACME, ApiKeyCreated({ organizationId: ACME, key: expiring }))
    expect(await gateway.call('GET', path, { key: raw })).toMatchObject({ status: 200 })
    gateway.clock.advance(10)
    expect(await gateway.call('GET', path, { key: raw })).toMatchObject({ status: 401 })
  })

  it('is refused for a revoked key and a closed organization', async () => {
    await gateway.accounts.record(
      OTHER,
      ApiKeyRevoked({ organizationId: OTHER, keyId: `${OTHER.slice(0, -1)}0`, hash: '' }),
    )
    await gateway.accounts.record(ACME, OrganizationClosed({ organizationId: ACME }))
    expect(await gateway.call('GET', path, { key: OTHER_KEY })).toMatchObject({ status: 401 })
    expect(await gateway.call('GET', path, { key })).toMatchObject({ status: 401 })
  })

  it.each([
    ['not-a-uuid', 400],
    [OTHER, 403],
    [ACME.toUpperCase(), 200],
  ])('with X-Organization-Id %s is %d', async (organization, status) => {
    const headers = { 'x-organization-id': organization }
    expect(await gateway.call('GET', path, { key, headers })).toMatchObject({ status })
  })
})

describe('access with the admin secret', () => {
  const path = '/v1/organizations/'

  it('lists every organization', async () => {
    const { status, json, headers } = await gateway.call('GET', path, { headers: { 'x-admin-secret': ADMIN_SECRET } })
    expect(status).toBe(200)
    expect((json as { slug: string }[]).map(({ slug }) => slug).sort()).toEqual(['acme', 'other'])
    expect(headers['x-total-count']).toBe('2')
  })

  it.each([{}, { 'x-admin-secret': 'wrong' }, { authorization: `Bearer ${ACME_KEY}` }])(
    'is refused with %j',
    async (headers) => {
      expect(await gateway.call('GET', path, { headers })).toMatchObject({ status: 401 })
    },
  )

  it('creates organizations of one name under different slugs, each with a working key', async () => {
    const headers = { 'x-admin-secret': ADMIN_SECRET }
    const first = await gateway.call('POST', path, { headers, body: { name: 'Bücher & Co', test: true } })
    const second = await gateway.call('POST', path, { headers, body: { name: 'Bücher & Co' } })
    expect([first, second]).toMatchObject([
      { status: 201, json: { slug: 'bucher-co', test: true, default_currency: 'USD', api_key: { status: 'active' } } },
      { status: 201, json: { slug: 'bucher-co-1', test: false } },
    ])
    const { api_key: made } = first.json as { api_key: { raw_key: string; key_prefix: string } }
    expect(made.raw_key.startsWith(made.key_prefix)).toBe(true)
    expect(await gateway.call('GET', '/v1/organizations/current', { key: made.raw_key })).toMatchObject({
      status: 200,
      json: { slug: 'bucher-co' },
    })
  })

  it('tries the next slug when a claim was lost', async () => {
    gateway.accounts.refuseNext = { code: 'slug_taken', field: 'slug' }
    const headers = { 'x-admin-secret': ADMIN_SECRET }
    expect(await gateway.call('POST', path, { headers, body: { name: 'New' } })).toMatchObject({
      status: 201,
      json: { slug: 'new-1' },
    })
  })

  it('closes an organization for good', async () => {
    const headers = { 'x-admin-secret': ADMIN_SECRET }
    expect(await gateway.call('DELETE', `${path}${OTHER}`, { headers })).toMatchObject({ status: 204, text: '' })
    expect(await gateway.call('DELETE', `${path}${OTHER}`, { headers })).toMatchObject({ status: 404 })
    expect(await gateway.call('GET', '/v1/organizations/current', { key: OTHER_KEY })).toMatchObject({ status: 401 })
  })

  it('does not exist without a secret', async () => {
    const { application, call } = await startGateway({ adminSecret: undefined as never })
    expect(await call('GET', path, { headers: { 'x-admin-secret': 'undefined' } })).toMatchObject({ status: 401 })
    await application.close()
  })
})

describe('a request', () => {
  const post = (sent: object) => gateway.call('POST', '/v1/test_clocks', { key, ...sent })
  const json = (parameters: string) => ({ 'content-type': `application/json${parameters}` })

  it.each([
    ['broken JSON', { raw: '{"name":' }, 'json_invalid', ['body', 'name']],
    ['a bare NaN', { raw: '{"name":"a","frozen_time":NaN}' }, 'json_invalid', ['body', 'frozen_time']],
    ['no body', {}, 'missing', ['body']],
    ['another content type', { raw: 'a=1', headers: { 'content-type': 'text/plain' } }, 'content_type', ['body']],
    ['a list', { body: [] }, 'dict_type', ['body']],
    ['a wrong type', { body: { ...clockBody, name: 5 } }, 'string_type', ['body', 'name']],
    ['a text that is too long', { body: { ...clockBody, name: 'x'.repeat(256) } }, 'string_too_long', ['body', 'name']],
    ['bytes that are no text', { raw: Buffer.from('{"name":"\xff"}', 'latin1') }, 'utf8_invalid', ['body']],
    ['a text that is cut off', { raw: Buffer.from('{"name":"é"}').subarray(0, 10) }, 'utf8_invalid', ['body']],
    ['another charset', { body: clockBody, headers: json('; charset=latin1') }, 'content_type', ['body']],
    ['another charset in quotes', { body: clockBody, headers: json(';charset="utf-16"') }, 'content_type', ['body']],
    ['an empty content type', { body: clockBody, headers: { 'content-type': '' } }, 'content_type', ['body']],
    ['no content type at all', { body: clockBody, headers: { 'content-type': 'json' } }, 'content_type', ['body']],
    ['an unstorable text', { raw: '{"name":"\\u0000"}' }, 'json_bad_text', ['body', 'name']],
  ])('with %s names the field', async (_what, sent, type, loc) => {
    const { status, json } = await post(sent)
    expect([status, json]).toMatchObject([422, { code: 'invalid_request', detail: [{ type, loc }] }])
    expect(gateway.accounts.commands).toEqual([])
  })

  it.each(['; charset=utf-8', ';charset=UTF-8', '; charset="utf-8"', '; charset=utf8; version=1', '; version=1'])(
    'labelled application/json%s is read',
    async (parameters) =>
      expect(await post({ body: clockBody, headers: json(parameters) })).toMatchObject({ status: 201 }),
  )

  it('with the sign of replacement in it is a text like any other', async () =>
    expect(await post({ body: { ...clockBody, name: '\ufffd' } })).toMatchObject({ json: { name: '\ufffd' } }))

  it('without a body needs no content type', async () => {
    const path = `/v1/organizations/current/api_keys/${ACME.slice(0, -1)}0/rotate`
    const headers = { 'content-type': '' }
    expect(await gateway.call('POST', path, { key, headers })).toMatchObject({ status: 200 })
  })

  it('names what is not served yet', async () => {
    const body = { external_id: 'a', name: 'A', billing_entity_id: ACME }
    expect(await gateway.call('POST', '/v1/customers', { key, body })).toMatchObject({
      status: 422,
      json: { code: 'not_available', detail: [{ loc: ['body', 'billing_entity_id'] }] },
    })
  })

  it('with a bad path or query is 422 too', async () => {
    expect(await gateway.call('GET', '/v1/test_clocks/nope', { key })).toMatchObject({
      status: 422,
      json: { detail: [{ type: 'uuid_parsing', loc: ['path', 'test_clock_id'] }] },
    })
    expect(await gateway.call('GET', '/v1/test_clocks/?limit=1001&skip=-1', { key })).toMatchObject({
      status: 422,
      json: { detail: [{ loc: ['query', 'skip'] }, { loc: ['query', 'limit'] }] },
    })
    expect(await gateway.call('GET', '/v1/taxes/%00', { key })).toMatchObject({ status: 422 })
  })

  it('of more than 5 MiB is 413', async () => {
    expect(await post({ raw: `"${'x'.repeat(5 * 1024 * 1024)}"` })).toMatchObject({
      status: 413,
      json: { code: 'too_large' },
    })
  })

  it('to nothing is 404, with a wrong method 405', async () => {
    expect(await gateway.call('GET', '/v1/nothing', { key })).toMatchObject({
      status: 404,
      json: { detail: 'There is nothing at this path.', code: 'not_found' },
    })
    expect(await gateway.call('PUT', '/v1/test_clocks/', { key, body: {} })).toMatchObject({
      status: 405,
      headers: { allow: 'POST, GET' },
      json: { code: 'method_not_allowed' },
    })
    expect(await gateway.call('GET', '/v1/%zz', { key })).toMatchObject({ status: 400, json: { code: 'bad_request' } })
  })

  it('is served with and without the trailing slash', async () => {
    expect(await gateway.call('GET', '/v1/test_clocks', { key })).toMatchObject({ status: 200, json: [] })
    expect(await gateway.call('GET', '/v1/test_clocks/', { key })).toMatchObject({ status: 200, json: [] })
  })

  it('keeps the id that the client gave it', async () => {
    const id = '0a0b0c0d-0000-4000-8000-000000000001'
    const headers = { 'x-request-id': id }
    const answered = await post({ headers, body: clockBody })
    expect(answered.headers['x-request-id']).toBe(id)
    expect(gateway.accounts.commands).toMatchObject([{ metadata: { correlationId: id, organizationId: ACME } }])
  })

  it("of another tenant's object is answered like an unknown one", async () => {
    const made = await post({ body: clockBody })
    const { id } = made.json as { id: string }
    const unknown = await gateway.call('GET', `/v1/test_clocks/${OTHER}`, { key: OTHER_KEY })
    expect(await gateway.call('GET', `/v1/test_clocks/${id}`, { key: OTHER_KEY })).toMatchObject({
      status: 404,
      json: unknown.json,
    })
  })
})

describe('a refusal', () => {
  it.each([
    [{ code: 'test_organization_only' }, 400, { detail: 'Refused by the test.', code: 'test_organization_only' }],
    [{ code: 'too_many_conflicts' }, 409, { code: 'too_many_conflicts' }],
    [
      { code: 'invalid_timezone', field: 'timezone' },
      422,
      { code: 'invalid_timezone', detail: [{ type: 'invalid_timezone', loc: ['body', 'timezone'] }] },
    ],
  ])('%j is %d', async (refusal, status, json) => {
    gateway.accounts.refuseNext = refusal
    expect(await gateway.call('POST', '/v1/test_clocks', { key, body: clockBody })).toMatchObject({ status, json })
  })
})

describe('what is broken', () => {
  it('is 503 with a time to retry where nobody answers', async () => {
    const { status, headers, json } = await gateway.call('GET', '/v1/events/', { key })
    expect([status, headers['retry-after'], json]).toMatchObject([503, '1', { code: 'unavailable' }])
  })

  it('is 500 without internals where it is a bug, and logged', async () => {
    jest.spyOn(gateway.ports.views, 'get').mockRejectedValue(new Error('password=secret'))
    const { status, text } = await gateway.call('GET', `/v1/test_clocks/${ACME}`, { key: OTHER_KEY })
    expect(status).toBe(500)
    expect(text).toBe('{"detail":"Internal server error","code":"internal_error"}')
    const err = expect.objectContaining({ message: expect.stringContaining('password=secret') as string }) as Error
    expect(gateway.logged).toMatchObject([{ status: 500, err }])
  })
})

describe('an idempotency key', () => {
  const create = (idempotencyKey: string, sent: object = {}) =>
    gateway.call('POST', '/v1/test_clocks/', {
      key,
      body: clockBody,
      headers: { 'idempotency-key': idempotencyKey },
      ...sent,
    })

  it('gives the first answer again', async () => {
    const first = await create('one')
    const second = await create('one')
    expect(second).toMatchObject({ status: 201, text: first.text, headers: { 'idempotency-replayed': 'true' } })
    expect(first.headers['idempotency-replayed']).toBeUndefined()
    expect(gateway.accounts.commands).toHaveLength(1)
  })

  it('gives the same effect also when the kept answer is gone', async () => {
    const first = await create('one')
    await gateway.ports.answers.purge('2027-01-01T00:00:00.000Z')
    expect((await create('one')).json).toEqual(first.json)
  })

  it('is refused for another request', async () => {
    await create('one')
    const headers = { 'idempotency-key': 'one' }
    const other = [
      await create('one', { body: { ...clockBody, name: 'other' }, headers }),
      await gateway.call('POST', '/v1/test_clocks/?a=1', { key, body: clockBody, headers }),
    ]
    expect(other).toMatchObject([
      { status: 422, json: { code: 'idempotency_key_reused' } },
      { status: 422, json: { code: 'idempotency_key_reused' } },
    ])
  })

  it('belongs to one organization', async () => {
    await create('one')
    expect(await create('one', { key: OTHER_KEY })).toMatchObject({ status: 201, headers: {} })
    expect(gateway.accounts.commands).toHaveLength(2)
  })

  it('is refused while its request runs', async () => {
    let open: () => void = () => undefined
    gateway.accounts.gate = new Promise((resolve) => {
      open = resolve
    })
    const first = create('one')
    await new Promise((resolve) => setImmediate(resolve))
    const second = await create('one')
    open()
    expect(second).toMatchObject({ status: 409, headers: { 'retry-after': '1' } })
    expect(await first).toMatchObject({ status: 201 })
  })

  it('does not keep a failure', async () => {
    gateway.accounts.refuseNext = { code: 'test_organization_only' }
    expect(await create('one')).toMatchObject({ status: 400 })
    expect(await create('one')).toMatchObject({ status: 201 })
  })

  it.each(['', 'x'.repeat(256)])('has 1 to 255 characters', async (idempotencyKey) => {
    expect(await create(idempotencyKey)).toMatchObject({
      status: 422,
      json: { detail: [{ loc: ['header', 'Idempotency-Key'] }] },
    })
  })

  it('gives a secret again to its caller and keeps it sealed', async () => {
    const path = '/v1/organizations/current/api_keys'
    const sent = { key, body: {}, headers: { 'idempotency-key': 'secret' } }
    const kept = jest.spyOn(gateway.ports.answers, 'keep')
    const first = await gateway.call('POST', path, sent)
    const { raw_key } = first.json as { raw_key: string }
    expect(kept.mock.calls[0]?.[2]).toMatchObject({
      sealed: true,
      body: expect.not.stringContaining(raw_key) as string,
    })
    expect((await gateway.call('POST', path, sent)).text).toBe(first.text)
    await gateway.ports.answers.purge('2027-01-01T00:00:00.000Z')
    expect((await gateway.call('POST', path, sent)).json).toMatchObject({ raw_key })
  })
})

describe('rate limits', () => {
  it('are told with every answer', async () => {
    const { headers } = await gateway.call('GET', '/v1/test_clocks', { key })
    expect(headers).toMatchObject({ 'ratelimit-limit': '1000', 'ratelimit-remaining': '999', 'ratelimit-reset': '60' })
  })

  it('of ingestion are per organization and do not touch other calls', async () => {
    const ingest = () => gateway.call('POST', '/v1/events/', { key, body: {} })
    expect([await ingest(), await ingest(), await ingest()].map(({ status }) => status)).toEqual([422, 422, 429])
    expect(await ingest()).toMatchObject({
      status: 429,
      headers: { 'retry-after': '60' },
      json: { code: 'rate_limited' },
    })
    expect(await gateway.call('POST', '/v1/events/', { key: OTHER_KEY, body: {} })).toMatchObject({ status: 422 })
    expect(await gateway.call('GET', '/v1/test_clocks', { key })).toMatchObject({ status: 200 })
    gateway.clock.advance(60)
    expect(await ingest()).toMatchObject({ status: 422 })
  })
})

describe('a list', () => {
  beforeEach(async () => {
    for (const name of ['b', 'a', 'c']) {
      const data = { testClockId: `clock-${name}`, name, frozenTime: '2026-01-01T00:00:00.000Z' }
      await gateway.accounts.record(ACME, TestClockCreated(data))
      gateway.clock.advance(1)
    }
    await gateway.accounts.record(
      OTHER,
      TestClockCreated({ testClockId: 'clock-x', name: 'x', frozenTime: '2026-01-01T00:00:00.000Z' }),
    )
  })

  it.each([
    ['', ['c', 'a', 'b']],
    ['order_by=name', ['a', 'b', 'c']],
    ['order_by=name:desc&skip=1', ['b', 'a']],
    ['order_by=name&limit=2', ['a', 'b']],
    ['order_by=secret:asc', ['c', 'a', 'b']],
  ])('with %s', async (query, names) => {
    const { json, headers } = await gateway.call('GET', `/v1/test_clocks/?${query}`, { key })
    expect((json as { name: string }[]).map(({ name }) => name)).toEqual(names)
    expect(headers['x-total-count']).toBe('3')
  })
})

describe('API keys', () => {
  it('are listed without themselves, with their last use', async () => {
    await gateway.ports.keyUses.record([
      { organizationId: ACME, keyId: `${ACME.slice(0, -1)}0`, usedAt: '2026-05-31T00:00:00.000Z' },
    ])
    const { json, text } = await gateway.call('GET', '/v1/organizations/current/api_keys', { key })
    expect(json).toMatchObject([
      { key_prefix: 'bxb_live_aaa', status: 'active', last_used_at: '2026-05-31T00:00:00.000Z' },
    ])
    expect(text).not.toContain(ACME_KEY)
  })

  it('are replaced in one step', async () => {
    const keyId = `${ACME.slice(0, -1)}0`
    const { status, json } = await gateway.call('POST', `/v1/organizations/current/api_keys/${keyId}/rotate`, { key })
    const { raw_key } = json as { raw_key: string }
    expect(status).toBe(200)
    expect(await gateway.call('GET', '/v1/organizations/current', { key })).toMatchObject({ status: 401 })
    expect(await gateway.call('GET', '/v1/organizations/current', { key: raw_key })).toMatchObject({ status: 200 })
  })
})

describe('a test clock that advances', () => {
  it('refuses writes on its customers until it is there', async () => {
    const made = await gateway.call('POST', '/v1/test_clocks/', { key, body: clockBody })
    const { id } = made.json as { id: string }
    const customer = (external_id: string) =>
      gateway.call('POST', '/v1/customers/', { key, body: { external_id, name: 'A', test_clock_id: id } })
    expect(await customer('a')).toMatchObject({ status: 201, json: { test_clock_id: id, currency: 'USD' } })
    expect(gateway.accounts.commands.at(-1)).toMatchObject({
      metadata: { now: '2026-01-01T00:00:00.000Z', clockId: id },
    })
    const body = { frozen_time: '2026-02-01T00:00:00Z' }
    expect(await gateway.call('POST', `/v1/test_clocks/${id}/advance`, { key, body })).toMatchObject({
      status: 200,
      json: { status: 'advancing', target_time: '2026-02-01T00:00:00.000Z' },
    })
    expect(await customer('b')).toMatchObject({
      status: 409,
      headers: { 'retry-after': '1' },
      json: { code: 'test_clock_advancing' },
    })
  })
})

describe('what is public', () => {
  it('says what runs here', async () => {
    expect(await gateway.call('GET', '/')).toMatchObject({
      status: 200,
      json: { app: 'Billstream', version: '1.2.3', domain: 'localhost:3000', status: 'running' },
    })
  })

  it('says that it lives and is ready', async () => {
    expect(await gateway.call('GET', '/health/live')).toMatchObject({ status: 200, json: { status: 'ok' } })
    expect(await gateway.call('GET', '/health/ready')).toMatchObject({ status: 200 })
    const unready = await startGateway({ ready: () => false })
    expect(await unready.call('GET', '/health/ready')).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
    await unready.application.close()
  })

  it('documents itself', async () => {
    expect(await gateway.call('GET', '/docs')).toMatchObject({
      status: 200,
      text: expect.stringContaining('swagger-ui') as string,
    })
    expect(await gateway.call('GET', '/docs/boxbilling.json')).toMatchObject({
      status: 200,
      json: { openapi: '3.1.0', info: { title: 'BoxBilling' } },
    })
    const { status, text } = await gateway.call('GET', '/docs/assets/swagger-ui.css')
    expect([status, text.length > 1_000]).toEqual([200, true])
    expect(await gateway.call('GET', '/docs/assets/package.json')).toMatchObject({ status: 404 })
    expect(await gateway.call('GET', '/docs/unknown.json')).toMatchObject({ status: 404 })
  })

  it('is open to configured origins only', async () => {
    const headers = { origin: 'https://app.example.com' }
    expect((await gateway.call('GET', '/', { headers })).headers).toMatchObject({
      'access-control-allow-origin': 'https://app.example.com',
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': 'X-Total-Count, X-Request-Id, Idempotency-Replayed, Retry-After',
    })
    const other = await gateway.call('GET', '/', { headers: { origin: 'https://evil.example.com' } })
    expect(other.headers['access-control-allow-origin']).not.toBe('https://evil.example.com')
  })
})
