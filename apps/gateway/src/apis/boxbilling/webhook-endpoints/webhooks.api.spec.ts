import {
  GetWebhookDelivery,
  ListWebhookDeliveries,
  ListWebhookDeliveryAttempts,
  RetryWebhookDelivery,
  WebhookDeliveryStats,
  type WebhookDeliveryView,
} from '@billstream/webhooks-contracts'
import { id, startResources, type ResourcesUnderTest } from '../../../../test/resources-under-test'
import { NOW } from '../../../../test/sample-rows'

let gateway: ResourcesUnderTest

beforeEach(async () => {
  gateway = await startResources()
})
afterEach(() => gateway.close())

/** Numbers keep their digits: the body goes out as every attempt sends it. */
const BODY = '{"type":"invoice.paid","data":{"usage":0.10,"big":12345678901234567890}}'
const delivery: WebhookDeliveryView = {
  ...{ id: id('webhook'), endpointId: id('endpoint'), webhookType: 'invoice.paid', objectType: 'invoice' },
  ...{ objectId: id('invoice'), body: BODY, status: 'failed', retries: 9, lastRetriedAt: NOW, httpStatus: null },
  ...{ response: null, createdAt: NOW, updatedAt: NOW },
}
const path = (rest = '') => `/v1/webhook_endpoints/hooks/${id('webhook')}${rest}`

describe('webhooks', () => {
  it.each([
    ['', { skip: 0, limit: 100 }],
    ['status=failed&skip=5&limit=7', { status: 'failed', skip: 5, limit: 7 }],
    ['webhook_type=invoice.paid', { webhookType: 'invoice.paid', skip: 0, limit: 100 }],
  ])('are listed by %j', async (query, asked) => {
    const questions: unknown[] = []
    gateway.onQuery(ListWebhookDeliveries, (data) => {
      questions.push(data)
      return { deliveries: [delivery], total: 41 }
    })
    const { json, headers } = await gateway.acme('GET', `/v1/webhook_endpoints/hooks/list?${query}`)
    expect(questions).toEqual([asked])
    expect(json).toMatchObject([{ id: id('webhook'), webhook_endpoint_id: id('endpoint'), max_retries: 9, retries: 9 }])
    expect(headers['x-total-count']).toBe('41')
  })

  it('name a page that cannot be', async () =>
    expect(await gateway.acme('GET', '/v1/webhook_endpoints/hooks/list?limit=0')).toMatchObject({
      status: 422,
      json: { detail: [{ loc: ['query', 'limit'] }] },
    }))

  it('are shown with their payload as it is sent', async () => {
    gateway.onQuery(GetWebhookDelivery, ({ id: asked }) => ({ delivery: asked === delivery.id ? delivery : null }))
    const { status, text } = await gateway.acme('GET', path())
    expect(status).toBe(200)
    expect(text).toContain(`"payload":${BODY}`)
  })

  it('are counted by endpoint', async () => {
    gateway.onQuery(WebhookDeliveryStats, () => ({
      endpoints: [
        { endpointId: id('endpoint'), total: 9, succeeded: 6, failed: 2, pending: 1 },
        { endpointId: id('idle'), total: 0, succeeded: 0, failed: 0, pending: 0 },
      ],
    }))
    const { json } = await gateway.acme('GET', '/v1/webhook_endpoints/delivery_stats')
    expect(json).toEqual([
      { endpoint_id: id('endpoint'), total: 9, succeeded: 6, failed: 2, success_rate: 75 },
      { endpoint_id: id('idle'), total: 0, succeeded: 0, failed: 0, success_rate: 0 },
    ])
  })
})

describe('the attempts of a webhook', () => {
  it('are listed in the order made', async () => {
    const attempt = {
      ...{ id: id('attempt'), deliveryId: id('webhook'), attemptNumber: 1, httpStatus: 500, responseBody: 'broken' },
      ...{ success: false, errorMessage: 'It answered 500.', durationMs: 12, attemptedAt: NOW },
    }
    gateway.onQuery(ListWebhookDeliveryAttempts, () => ({ attempts: [attempt] }))
    const { json, headers } = await gateway.acme('GET', path('/delivery_attempts'))
    expect(json).toEqual([
      {
        ...{ id: id('attempt'), webhook_id: id('webhook'), attempt_number: 1, http_status: 500 },
        ...{ response_body: 'broken', success: false, error_message: 'It answered 500.', attempted_at: NOW },
      },
    ])
    expect(headers['x-total-count']).toBe('1')
  })
})

describe('sending a webhook again', () => {
  it('makes it pending, once for one idempotency key', async () => {
    let asked = 0
    gateway.onQuery(RetryWebhookDelivery, () => {
      asked += 1
      return { ok: true as const, delivery: { ...delivery, status: 'pending' as const } }
    })
    const headers = { 'idempotency-key': 'again' }
    expect(await gateway.acme('POST', path('/retry'), undefined, headers)).toMatchObject({
      status: 200,
      json: { status: 'pending' },
    })
    expect(await gateway.acme('POST', path('/retry'), undefined, headers)).toMatchObject({ status: 200 })
    expect(asked).toBe(1)
  })

  it.each([
    ['webhook_delivery_not_failed', 400],
    ['webhook_endpoint_not_active', 400],
    ['webhook_delivery_not_found', 404],
  ] as const)('is refused: %s', async (code, status) => {
    gateway.onQuery(RetryWebhookDelivery, () => ({ ok: false as const, error: { code, message: 'No.' } }))
    expect(await gateway.acme('POST', path('/retry'))).toMatchObject({ status, json: { code, detail: 'No.' } })
  })
})

describe('a webhook of another organization', () => {
  it('is unknown', async () => {
    gateway.onQuery(GetWebhookDelivery, () => ({ delivery: null }))
    gateway.onQuery(ListWebhookDeliveryAttempts, () => ({ attempts: null }))
    const unknown = { status: 404, json: { code: 'webhook_delivery_not_found' } }
    expect(await gateway.acme('GET', path())).toMatchObject(unknown)
    expect(await gateway.acme('GET', path('/delivery_attempts'))).toMatchObject(unknown)
  })

  it('is asked for in the organization of the key', async () => {
    const organizations: string[] = []
    gateway.onQuery(GetWebhookDelivery, (_data, { organizationId }) => {
      organizations.push(organizationId)
      return { delivery: null }
    })
    await gateway.acme('GET', path())
    await gateway.other('GET', path())
    expect(new Set(organizations).size).toBe(2)
  })

  it('needs a key', async () =>
    expect(await gateway.anybody('GET', '/v1/webhook_endpoints/hooks/list')).toMatchObject({ status: 401 }))
})
