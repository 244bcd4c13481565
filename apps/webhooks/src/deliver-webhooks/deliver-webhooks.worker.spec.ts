import { createHmac } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { testMetadata } from '@billstream/event-sourcing-core/testing'
import { addSeconds, derivedId, epochMillis } from '@billstream/kernel'
import { WebhookEndpoint } from '@billstream/webhooks-contracts'
import { webhookEndpointView } from '@billstream/webhooks-read-model'
import { Receiver } from '../../test/receiver'
import { customerChanged, customerCreated, customerId, defineEndpoint, endpointId } from '../../test/facts'
import { KEY, SECRET_ID, webhooksInMemory, type WebhooksInMemory } from '../../test/webhooks-in-memory'
import type { WebhookSender } from './webhook-sender'

let receiver: Receiver
beforeEach(async () => {
  receiver = await Receiver.start()
})
afterEach(() => receiver.stop())

async function withEndpoint(sender?: WebhookSender): Promise<WebhooksInMemory> {
  const webhooks = await webhooksInMemory(sender && { sender })
  await webhooks.command(defineEndpoint('one', { url: receiver.url }))
  return webhooks
}
const statuses = async (webhooks: WebhooksInMemory) => (await webhooks.deliveriesMade()).map(({ status }) => status)
const settled = (webhooks: WebhooksInMemory) => async () =>
  (await statuses(webhooks)).every((status) => status !== 'pending')
const attemptsOf = async (webhooks: WebhooksInMemory) => {
  const [delivery] = await webhooks.deliveriesMade()
  return webhooks.deliveries.attempts(webhooks.organizationId, delivery?.id ?? '')
}
/** A receiver that answers at once with these statuses, the last one again and again. */
function sender(...codes: number[]): WebhookSender & { readonly sent: { body: string; headers: object }[] } {
  const sent: { body: string; headers: object }[] = []
  return {
    sent,
    send: async (webhook) => {
      sent.push(webhook)
      const status = codes[Math.min(sent.length, codes.length) - 1] ?? 500
      return { kind: 'answered', status, body: `answer ${sent.length}`, retryAfter: undefined }
    },
    close: () => Promise.resolve(),
  }
}
async function recordedTypes(webhooks: WebhooksInMemory): Promise<string[]> {
  return (await webhooks.events(0n)).map(({ type }) => type).filter((type) => type.startsWith('Webhook'))
}

describe('a delivery that is due', () => {
  it('is sent, and both of its signatures are valid', async () => {
    const webhooks = await withEndpoint()
    await webhooks.happened('customer-anna', [customerCreated('Anna')])
    await webhooks.deliverUntil(settled(webhooks))
    const [delivery] = await webhooks.deliveriesMade()
    const [received, ...others] = receiver.received
    expect(others).toEqual([])
    expect(received?.body).toBe(delivery?.body)
    expect(received?.headers).toMatchObject({
      'content-type': 'application/json',
      'webhook-id': delivery?.id,
      'x-bxb-webhook-id': delivery?.id,
      'x-bxb-signature-algorithm': 'hmac',
      'x-bxb-signature': createHmac('sha256', KEY)
        .update(received?.body ?? '')
        .digest('hex'),
    })
    const verified = new Webhook(KEY).verify(received?.body ?? '', received?.headers as Record<string, string>)
    expect(verified).toMatchObject({ type: 'customer.created', object_id: customerId('Anna') })
    expect(delivery).toMatchObject({ status: 'succeeded', attempts: 1, retries: 0, httpStatus: 204 })
    expect(await attemptsOf(webhooks)).toMatchObject([{ attemptNumber: 1, success: true, errorMessage: null }])
  })

  it('is signed by the old key as well while that holds', async () => {
    const webhooks = await withEndpoint()
    const until = addSeconds(webhooks.clock.now(), 60)
    const keys = JSON.stringify({ current: 'a new key', previous: { key: KEY, until } })
    await webhooks.secrets.put(webhooks.organizationId, SECRET_ID, keys)
    await webhooks.happened('customer-anna', [customerCreated('Anna')])
    await webhooks.deliverUntil(settled(webhooks))
    const [received] = receiver.received
    const verify = (verifier: Webhook) =>
      verifier.verify(received?.body ?? '', received?.headers as Record<string, string>)
    expect(verify(new Webhook(KEY))).toBeDefined()
    expect(verify(new Webhook(Buffer.from('a new key'), { format: 'raw' }))).toBeDefined()
  })

  it('keeps the first 1,000 characters of the answer', async () => {
    const webhooks = await withEndpoint()
    receiver.answers(200, {}, 'x'.repeat(5_000))
    await webhooks.happened('customer-anna', [customerCreated('Anna')])
    await webhooks.deliverUntil(settled(webhooks))
    const [delivery] = await webhooks.deliveriesMade()
    expect(delivery?.response).toBe('x'.repeat(1_000))
    expect(await attemptsOf(webhooks)).toMatchObject([{ responseBody: 'x'.repeat(1_000), httpStatus: 200 }])
  })

  it('goes after the earlier one of the same object', async () => {
    const webhooks = await withEndpoint()
    await webhooks.happened('customer-anna', [customerCreated('Anna'), customerChanged('Anna')])
    await webhooks.deliverUntil(settled(webhooks))
    const types = receiver.received.map(({ body }) => (JSON.parse(body) as { type: string }).type)
    expect(types).toEqual(['customer.created', 'customer.updated'])
  })
})

describe('a delivery that fails', () => {
  it('is sent again with the same bytes and id, and a signature of its own time', async () => {
    const answers = sender(500, 500, 200)
    const webhooks = await withEndpoint(answers)
    await webhooks.happened('customer-anna', [customerCreated('Anna')])
    await webhooks.deliverUntil(settled(webhooks))
    const headers = answers.sent.map((each) => each.headers as Record<string, string>)
    expect(new Set(answers.sent.map(({ body }) => body)).size).toBe(1)
    expect(new Set(headers.map((each) => each['webhook-id'])).size).toBe(1)
    expect(new Set(headers.map((each) => each['webhook-timestamp'])).size).toBe(3)
    expect(new Set(headers.map((each) => each['webhook-signature'])).size).toBe(3)
    expect(await webhooks.deliveriesMade()).toMatchObject([{ status: 'succeeded', attempts: 3, retries: 2 }])
    expect(await attemptsOf(webhooks)).toMatchObject([
      { success: false, httpStatus: 500, errorMessage: 'The receiver answered 500.', responseBody: 'answer 1' },
      { success: false, responseBody: 'answer 2' },
      { success: true, errorMessage: null, responseBody: 'answer 3' },
    ])
  })

  it('is given up after ten attempts, and says so once', async () => {
    const answers = sender(503)
    const webhooks = await withEndpoint(answers)
    await webhooks.happened('customer-anna', [customerCreated('Anna')])
    await webhooks.deliverUntil(settled(webhooks))
    expect(answers.sent).toHaveLength(10)
    const [delivery] = await webhooks.deliveriesMade()
    expect(delivery).toMatchObject({ status: 'failed', attempts: 10, retries: 9, nextAttemptAt: null })
    expect(await recordedTypes(webhooks)).toEqual(['WebhookEndpointDefined', 'WebhookGivenUp'])
    const between = (await attemptsOf(webhooks)).map(({ attemptedAt }) => epochMillis(attemptedAt))
    const waitedS = between.slice(1).map((at, index) => (at - (between[index] ?? 0)) / 1_000)
    const planned = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]
    for (const [index, wait] of waitedS.entries()) expect(wait).toBeGreaterThanOrEqual(planned[index] ?? 0)
  })

  it('waits as long as the receiver asks', async () => {
    const webhooks = await withEndpoint()
    receiver.answers(429, { 'retry-after': '3600' })
    await webhooks.happened('customer-anna', [customerCreated('Anna')])
    await webhooks.deliverUntil(async () => (await webhooks.deliveriesMade())[0]?.attempts === 1)
    const [delivery] = await webhooks.deliveriesMade()
    const waitMs = epochMillis(delivery?.nextAttemptAt ?? '') - epochMillis(delivery?.lastAttemptAt ?? '')
    expect(waitMs).toBeGreaterThanOrEqual(3_600_000)
  })

  it('with 410 ends with all the others of the endpoint, which becomes inactive', async () => {
    const webhooks = await withEndpoint(sender(410))
    await webhooks.happened('customer-anna', [customerCreated('Anna')])
    await webhooks.happened('customer-ben', [customerCreated('Ben')])
    await webhooks.deliverUntil(settled(webhooks))
    expect(await statuses(webhooks)).toEqual(['failed', 'failed'])
    expect((await recordedTypes(webhooks)).filter((type) => type === 'WebhookEndpointDisabled')).toHaveLength(1)
    await webhooks.react(await webhooks.events(0n))
    expect(await webhooks.views.get(...endpointRow(webhooks))).toMatchObject({ status: 'inactive' })
  })
})

function endpointRow({ organizationId }: WebhooksInMemory) {
  return [webhookEndpointView, organizationId, endpointId('one')] as const
}

describe('an endpoint that has failed for 5 days', () => {
  it('is disabled, and what is open for it ends', async () => {
    const webhooks = await withEndpoint(sender(500))
    await webhooks.happened('customer-anna', [customerCreated('Anna')])
    await webhooks.deliverUntil(async () => (await webhooks.deliveriesMade())[0]?.attempts === 1)
    webhooks.clock.advance(5 * 86_400)
    await webhooks.happened('customer-ben', [customerCreated('Ben')])
    await webhooks.deliverUntil(settled(webhooks))
    expect(await statuses(webhooks)).toEqual(['failed', 'failed'])
    const disabled = (await webhooks.events(0n)).find(({ type }) => type === 'WebhookEndpointDisabled')
    expect(disabled?.data).toMatchObject({ endpointId: endpointId('one'), reason: 'failing' })
  })

  it('goes on when one attempt has succeeded meanwhile', async () => {
    const webhooks = await withEndpoint(sender(500, 200, 500))
    await webhooks.happened('customer-anna', [customerCreated('Anna')])
    await webhooks.deliverUntil(settled(webhooks))
    webhooks.clock.advance(5 * 86_400)
    await webhooks.happened('customer-ben', [customerCreated('Ben')])
    await webhooks.deliverUntil(async () => (await webhooks.deliveriesMade()).at(-1)?.attempts === 1)
    expect(await recordedTypes(webhooks)).toEqual(['WebhookEndpointDefined'])
  })
})

describe('an endpoint that is not active any more', () => {
  it('is not called, even before anybody ended its deliveries', async () => {
    const answers = sender(200)
    const webhooks = await withEndpoint(answers)
    await webhooks.happened('customer-anna', [customerCreated('Anna')])
    const metadata = testMetadata({ commandId: derivedId('deactivate') })
    await webhooks.command(WebhookEndpoint.Change({ id: endpointId('one'), changes: { status: 'inactive' } }, metadata))
    await webhooks.deliverUntil(settled(webhooks))
    expect(answers.sent).toEqual([])
    expect(await statuses(webhooks)).toEqual(['failed'])
  })
})

describe('an organization that is closed', () => {
  it('sends nothing any more', async () => {
    const answers = sender(200)
    const webhooks = await withEndpoint(answers)
    await webhooks.happened('customer-anna', [customerCreated('Anna')])
    await webhooks.organizationClosed(webhooks.organizationId)
    await webhooks.deliverUntil(settled(webhooks))
    expect(answers.sent).toEqual([])
  })
})

describe('a receiver on this machine', () => {
  it('is not called where that is not allowed any more', async () => {
    const webhooks = await webhooksInMemory({ allowLoopback: false })
    const refused = await webhooks.command(defineEndpoint('one', { url: receiver.url }))
    expect(refused).toMatchObject({ ok: false, error: { code: 'url_not_allowed', field: 'url' } })
    const recorded = await webhooks.record('webhook-endpoint-one', [definedAt(receiver.url)])
    await webhooks.handOver(recorded)
    await webhooks.happened('customer-anna', [customerCreated('Anna')])
    await webhooks.deliverUntil(async () => (await webhooks.deliveriesMade())[0]?.attempts === 1)
    expect(receiver.received).toEqual([])
    expect(await attemptsOf(webhooks)).toMatchObject([{ success: false, httpStatus: null }])
  })
})

function definedAt(url: string) {
  const { data } = defineEndpoint('one', { url })
  return WebhookEndpoint.Defined(data)
}
