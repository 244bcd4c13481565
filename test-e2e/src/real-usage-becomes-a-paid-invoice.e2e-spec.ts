import { createHmac } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import type { Api } from './support/api'
import {
  advanceClock,
  AFTER_THE_PERIOD,
  expectThePaidMonth,
  setUpLlmCompany,
  type LlmCompany,
} from './support/llm-company'
import { batchesOf, llmCalls, makeTrace, usageOf } from './support/llm-trace'
import { createOrganization } from './support/organizations'
import { startPlatform, type Platform } from './support/platform'
import { WebhookReceiver } from './support/webhook-receiver'

describe('a company meters real usage', () => {
  let platform: Platform
  let receiver: WebhookReceiver
  let api: Api
  let company: LlmCompany

  beforeAll(async () => {
    platform = await startPlatform()
    receiver = await WebhookReceiver.listen()
    api = (await createOrganization(platform, 'Language models')).api
    company = await setUpLlmCompany(api, receiver)
    for (const events of batchesOf(usageOf(llmCalls(), company.externalId), 100)) {
      await api.create('/v1/events/batch', { events })
    }
  }, 180_000)
  afterAll(async () => {
    await platform.dispose()
    await receiver.close()
  })

  it('sees the bill grow before the month is over, and the preview agrees', async () => {
    const usage = await api.read<{ amount_cents: string }>(
      `/v1/customers/${company.externalId}/current_usage?subscription_id=${company.subscriptionId}`,
    )
    expect(usage.amount_cents).toBe('5575.0000')
    const preview = await api.create<{ total_cents: string }>('/v1/invoices/preview', {
      subscription_id: company.subscriptionId,
    })
    expect(preview.total_cents).toBe('9090.0000')
  })

  it('closes the month: one invoice, paid by the card once, told by webhooks', async () => {
    await advanceClock(api, company.clockId, AFTER_THE_PERIOD)
    await expectThePaidMonth(api, company, receiver)
  })

  it('can verify both signatures of every webhook', async () => {
    const { hmac_key: key } = await api.read<{ hmac_key: string }>('/v1/organizations/current')
    expect(receiver.received.length).toBeGreaterThan(0)
    for (const { raw, headers } of receiver.received) {
      expect(headers['x-bxb-signature']).toBe(createHmac('sha256', key).update(raw).digest('hex'))
      const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const
      const signed = Object.fromEntries(names.map((name) => [name, String(headers[name])]))
      expect(() => new Webhook(key).verify(raw, signed)).not.toThrow()
    }
  })

  it('counts each event once', async () => {
    const answer = await api.get('/v1/events/?limit=1')
    expect(answer.headers.get('x-total-count')).toBe(String(3 * llmCalls().length))
  })
})

describe('a made trace', () => {
  it('has the shape and the sums of the real one', () => {
    const made = makeTrace()
    const sum = (pick: (call: (typeof made)[number]) => number) => made.reduce((total, call) => total + pick(call), 0)
    expect([made.length, sum((call) => call.contextTokens), sum((call) => call.generatedTokens)]).toEqual([
      8_819, 18_059_974, 245_896,
    ])
    expect(made.every(({ contextTokens, generatedTokens }) => contextTokens >= 0 && generatedTokens >= 0)).toBe(true)
  })
})
