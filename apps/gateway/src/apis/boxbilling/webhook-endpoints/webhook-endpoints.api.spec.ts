import { ok, refuse } from '@billstream/kernel'
import { WebhookEndpoint } from '@billstream/webhooks-contracts'
import { webhookEndpointView } from '@billstream/webhooks-read-model'
import { ACME, OTHER } from '../../../../test/gateway-under-test'
import { id, startResources, type ResourcesUnderTest } from '../../../../test/resources-under-test'
import { webhookEndpointRow } from '../../../../test/sample-rows'

let gateway: ResourcesUnderTest

beforeEach(async () => {
  gateway = await startResources()
  await gateway.show(
    webhookEndpointView,
    webhookEndpointRow(ACME, 'a', { created_at: '2026-06-01T00:00:01.000Z' }),
    webhookEndpointRow(ACME, 'b', { status: 'inactive', event_types: ['invoice.paid'] }),
    webhookEndpointRow(OTHER, 'of another'),
  )
})
afterEach(() => gateway.close())

const path = (name: string) => `/v1/webhook_endpoints/${id(name)}`

describe('creating a webhook endpoint', () => {
  const create = (body: object) => gateway.acme('POST', '/v1/webhook_endpoints/', body)

  it('makes it active and shows it', async () => {
    gateway.onCommand(WebhookEndpoint.Define, async ({ data }) => {
      const { id: endpointId, fields } = data as ReturnType<typeof WebhookEndpoint.Define>['data']
      await gateway.show(
        webhookEndpointView,
        webhookEndpointRow(ACME, 'new', { id: endpointId, url: fields.url, event_types: fields.eventTypes }),
      )
      return ok(undefined)
    })
    const { status, json } = await create({ url: 'https://example.com/hooks', event_types: ['invoice.paid'] })
    expect([status, json]).toMatchObject([
      201,
      { url: 'https://example.com/hooks', signature_algo: 'hmac', status: 'active', event_types: ['invoice.paid'] },
    ])
    expect(gateway.sent).toMatchObject([{ data: { fields: { format: 'boxbilling', signatureAlgo: 'hmac' } } }])
  })

  it.each([
    ['url_not_allowed', 'url'],
    ['url_invalid', 'url'],
    ['unknown_event_type', 'event_types'],
  ])('is refused: %s names %s', async (code, field) => {
    gateway.onCommand(WebhookEndpoint.Define, () => refuse(code, 'No.', field))
    expect(await create({ url: 'http://10.0.0.1/' })).toMatchObject({
      status: 422,
      json: { code, detail: [{ loc: ['body', field], msg: 'No.' }] },
    })
  })

  it.each([
    [{}, 'url'],
    [{ url: 5 }, 'url'],
    [{ url: `https://example.com/${'x'.repeat(2048)}` }, 'url'],
    [{ url: 'https://example.com', signature_algo: 'jwt' }, 'signature_algo'],
    [{ url: 'https://example.com', event_types: 'all' }, 'event_types'],
  ])('names what is wrong in %j', async (body, field) => {
    expect(await create(body)).toMatchObject({ status: 422, json: { detail: [{ loc: ['body', field] }] } })
    expect(gateway.sent).toEqual([])
  })
})

describe('webhook endpoints', () => {
  it.each([
    ['', ['a', 'b']],
    ['order_by=created_at', ['b', 'a']],
    ['order_by=status:desc&limit=1', ['b']],
    ['skip=1', ['b']],
  ])('are listed by %j for their organization alone', async (query, names) => {
    const { json, headers } = await gateway.acme('GET', `/v1/webhook_endpoints/?${query}`)
    expect(json.map((endpoint) => endpoint['id'])).toEqual(names.map(id))
    expect(headers['x-total-count']).toBe('2')
  })

  it('are shown one by one', async () =>
    expect(await gateway.acme('GET', path('b'))).toMatchObject({
      status: 200,
      json: { id: id('b'), status: 'inactive', event_types: ['invoice.paid'] },
    }))

  it.each([
    ['GET', undefined],
    ['PUT', {}],
    ['DELETE', undefined],
  ] as const)('of another organization are unknown: %s', async (method, body) => {
    expect(await gateway.acme(method, path('of another'), body)).toMatchObject({
      status: 404,
      json: { code: 'webhook_endpoint_not_found' },
    })
    expect(gateway.sent).toEqual([])
  })
})

describe('changing a webhook endpoint', () => {
  beforeEach(() =>
    gateway.onCommand(WebhookEndpoint.Change, async () => {
      await gateway.show(webhookEndpointView, webhookEndpointRow(ACME, 'a', { status: 'inactive' }))
      return ok(undefined)
    }),
  )

  it.each([
    [{ status: 'inactive' }, { status: 'inactive' }],
    [{ url: null, status: null, signature_algo: 'hmac' }, {}],
    [{ event_types: null }, { eventTypes: [] }],
    [{ url: 'https://example.com/next', unknown: true }, { url: 'https://example.com/next' }],
  ])('changes only what is sent: %j', async (body, changes) => {
    expect(await gateway.acme('PUT', path('a'), body)).toMatchObject({ status: 200, json: { status: 'inactive' } })
    expect(gateway.sent).toMatchObject([{ type: 'ChangeWebhookEndpoint', data: { id: id('a'), changes } }])
    expect(Object.keys((gateway.sent[0]?.data as { changes: object }).changes)).toEqual(Object.keys(changes))
  })

  it.each([
    [{ status: 'paused' }, 'status'],
    [{ signature_algo: 'jwt' }, 'signature_algo'],
  ])('names what is wrong in %j', async (body, field) =>
    expect(await gateway.acme('PUT', path('a'), body)).toMatchObject({
      status: 422,
      json: { detail: [{ loc: ['body', field] }] },
    }),
  )
})

describe('deleting a webhook endpoint', () => {
  it('takes it away', async () => {
    gateway.onCommand(WebhookEndpoint.Remove, async () => {
      await gateway.hide(webhookEndpointView, id('a'))
      return ok(undefined)
    })
    expect(await gateway.acme('DELETE', path('a'))).toMatchObject({ status: 204, text: '' })
    expect(await gateway.acme('GET', path('a'))).toMatchObject({ status: 404 })
  })
})
