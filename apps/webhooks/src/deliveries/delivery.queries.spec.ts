import type { QueryDefinition } from '@billstream/event-sourcing-core'
import { ViewFactReader } from '@billstream/event-sourcing-runtime'
import { derivedId } from '@billstream/kernel'
import {
  GetWebhookDelivery,
  ListWebhookDeliveries,
  ListWebhookDeliveryAttempts,
  RetryWebhookDelivery,
  WebhookDeliveryStats,
  WebhookEndpoint,
} from '@billstream/webhooks-contracts'
import { testMetadata } from '@billstream/event-sourcing-core/testing'
import { customerCreated, defineEndpoint, endpointId } from '../../test/facts'
import { webhooksInMemory, type WebhooksInMemory } from '../../test/webhooks-in-memory'
import type { WebhookSender } from '../deliver-webhooks/webhook-sender'

const other = derivedId('another organization')
const url = 'https://example.com/hooks'

function answering(...codes: number[]): WebhookSender {
  let calls = 0
  return {
    send: async () => {
      calls += 1
      const status = codes[Math.min(calls, codes.length) - 1] ?? 200
      return { kind: 'answered', status, body: 'why', retryAfter: undefined }
    },
    close: () => Promise.resolve(),
  }
}

async function withDelivery(...codes: number[]): Promise<{ webhooks: WebhooksInMemory; id: string }> {
  const webhooks = await webhooksInMemory({ sender: answering(...codes) })
  await webhooks.command(defineEndpoint('one', { url }))
  await webhooks.happened('customer-anna', [customerCreated('Anna')])
  const [delivery] = await webhooks.deliveriesMade()
  return { webhooks, id: delivery?.id ?? '' }
}

function ask<Data, Answer>(
  webhooks: WebhooksInMemory,
  query: QueryDefinition<string, Data, Answer>,
  data: Data,
  organizationId = webhooks.organizationId,
): Promise<Answer> {
  const registration = webhooks.service.queries.find(({ type }) => type === query.type)
  const facts = new ViewFactReader(
    { eventStore: webhooks.eventStore, views: webhooks.views, viewProgress: webhooks.views },
    organizationId,
  )
  const context = { organizationId, correlationId: derivedId('asked'), now: webhooks.clock.now(), facts }
  return registration?.handle(data, context) as Promise<Answer>
}
const settled = (webhooks: WebhooksInMemory) => async () =>
  (await webhooks.deliveriesMade()).every(({ status }) => status !== 'pending')

describe('deliveries', () => {
  it('are listed by type and status, of the asking organization alone', async () => {
    const { webhooks, id } = await withDelivery(200)
    const list = (filter: object, organizationId?: string) =>
      ask(webhooks, ListWebhookDeliveries, { skip: 0, limit: 10, ...filter }, organizationId)
    expect(await list({})).toMatchObject({ total: 1, deliveries: [{ id, endpointId: endpointId('one'), retries: 0 }] })
    expect(await list({ webhookType: 'customer.created', status: 'pending' })).toMatchObject({ total: 1 })
    expect(await list({ status: 'failed' })).toEqual({ total: 0, deliveries: [] })
    expect(await list({}, other)).toEqual({ total: 0, deliveries: [] })
  })

  it('are shown with their attempts', async () => {
    const { webhooks, id } = await withDelivery(500, 200)
    await webhooks.deliverUntil(settled(webhooks))
    const { delivery } = await ask(webhooks, GetWebhookDelivery, { id })
    expect(delivery).toMatchObject({ id, status: 'succeeded', retries: 1, httpStatus: 200, response: 'why' })
    const { attempts } = await ask(webhooks, ListWebhookDeliveryAttempts, { deliveryId: id })
    expect(attempts).toMatchObject([
      { deliveryId: id, attemptNumber: 1, success: false },
      { deliveryId: id, attemptNumber: 2, success: true },
    ])
    expect(delivery?.lastRetriedAt).toBe(attempts?.[1]?.attemptedAt)
  })

  it('of another organization are not there', async () => {
    const { webhooks, id } = await withDelivery(200)
    expect(await ask(webhooks, GetWebhookDelivery, { id }, other)).toEqual({ delivery: null })
    expect(await ask(webhooks, ListWebhookDeliveryAttempts, { deliveryId: id }, other)).toEqual({ attempts: null })
    expect(await ask(webhooks, RetryWebhookDelivery, { id }, other)).toMatchObject({
      ok: false,
      error: { code: 'webhook_delivery_not_found' },
    })
  })

  it('are counted by endpoint, also for one that has none', async () => {
    const { webhooks } = await withDelivery(200)
    await webhooks.command(defineEndpoint('two', { url }))
    await webhooks.deliverUntil(settled(webhooks))
    const { endpoints } = await ask(webhooks, WebhookDeliveryStats, {})
    expect(endpoints).toHaveLength(2)
    expect(endpoints).toEqual(
      expect.arrayContaining([
        { endpointId: endpointId('one'), total: 1, succeeded: 1, failed: 0, pending: 0 },
        { endpointId: endpointId('two'), total: 0, succeeded: 0, failed: 0, pending: 0 },
      ]),
    )
  })
})

describe('a delivery that was given up', () => {
  it('is sent again when asked', async () => {
    const { webhooks, id } = await withDelivery(...Array<number>(10).fill(500), 200)
    await webhooks.deliverUntil(settled(webhooks))
    expect(await ask(webhooks, RetryWebhookDelivery, { id })).toMatchObject({
      ok: true,
      delivery: { status: 'pending' },
    })
    await webhooks.deliverUntil(settled(webhooks))
    expect((await ask(webhooks, GetWebhookDelivery, { id })).delivery).toMatchObject({
      status: 'succeeded',
      retries: 10,
    })
  })

  it('is given up again when that fails', async () => {
    const { webhooks, id } = await withDelivery(500)
    await webhooks.deliverUntil(settled(webhooks))
    await ask(webhooks, RetryWebhookDelivery, { id })
    await webhooks.deliverUntil(settled(webhooks))
    expect((await ask(webhooks, GetWebhookDelivery, { id })).delivery).toMatchObject({ status: 'failed', retries: 10 })
  })
})

describe('a delivery that has not failed', () => {
  it('is not sent again', async () => {
    const { webhooks, id } = await withDelivery(200)
    const refused = { ok: false, error: { code: 'webhook_delivery_not_failed' } }
    expect(await ask(webhooks, RetryWebhookDelivery, { id })).toMatchObject(refused)
    await webhooks.deliverUntil(settled(webhooks))
    expect(await ask(webhooks, RetryWebhookDelivery, { id })).toMatchObject(refused)
  })
})

describe('a delivery whose endpoint is inactive', () => {
  it('is not sent again', async () => {
    const { webhooks, id } = await withDelivery(500)
    await webhooks.deliverUntil(settled(webhooks))
    const metadata = testMetadata({ commandId: derivedId('deactivate') })
    await webhooks.command(WebhookEndpoint.Change({ id: endpointId('one'), changes: { status: 'inactive' } }, metadata))
    expect(await ask(webhooks, RetryWebhookDelivery, { id })).toMatchObject({
      ok: false,
      error: { code: 'webhook_endpoint_not_active' },
    })
  })
})
