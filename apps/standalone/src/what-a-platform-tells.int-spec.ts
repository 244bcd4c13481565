import { randomUUID } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { InMemorySpanExporter, SimpleSpanProcessor, type ReadableSpan } from '@opentelemetry/sdk-trace-base'
import { timeOrderedId } from '@billstream/kernel'
import { createLog, openTracing, type Tracing } from '@billstream/platform'
import { createTestDatabase, type TestDatabase } from '@billstream/testing'
import { ADMIN_SECRET, startPlatform, type PlatformUnderTest } from '../test/platform-under-test'
import { alerts, metricsNamedIn, readDeployed, runbooks } from '../test/watched-metrics'

const PATIENCE_MS = 60_000
/** Of the request whose way is followed. */
const REQUEST_ID = timeOrderedId()
const HMAC_KEY = 'an hmac key that nobody may read'

/** Waits for a condition, never for a time; gives the last failure when patience ends. */
async function eventually<T>(look: () => T | Promise<T>): Promise<T> {
  const until = performance.now() + PATIENCE_MS
  for (;;) {
    try {
      return await look()
    } catch (error) {
      if (performance.now() > until) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

async function receiver(): Promise<Server> {
  const server = createServer((_request, response) => response.writeHead(204).end())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

/** `name{labels} value` of the text form, without comments. */
function samplesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
}

describe('a platform in which a subscription is started and billed', () => {
  const exporter = new InMemorySpanExporter()
  const lines: string[] = []
  let database: TestDatabase
  let webhooks: Server
  let tracing: Tracing
  let platform: PlatformUnderTest
  let rawKey: string

  const spans = () => {
    const traceId = REQUEST_ID.replaceAll('-', '')
    return exporter.getFinishedSpans().filter((span) => span.spanContext().traceId === traceId)
  }
  const logged = (message: string) =>
    lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter(({ msg }) => msg === message)

  async function create<T = { readonly id: string }>(
    url: string,
    body: unknown,
    requestId: string = randomUUID(),
  ): Promise<T> {
    const headers = { authorization: `Bearer ${rawKey}`, 'x-request-id': requestId }
    const answer = await platform.call<T>({ method: 'POST', url, body, headers })
    if (answer.status !== 201) throw new Error(`${url} answered ${answer.status}: ${JSON.stringify(answer.body)}`)
    return answer.body
  }

  async function openOrganization(): Promise<void> {
    const { body } = await platform.call<{ api_key: { raw_key: string } }>({
      method: 'POST',
      url: '/v1/organizations/',
      headers: { 'x-admin-secret': ADMIN_SECRET },
      body: { name: 'Watched', test: true, hmac_key: HMAC_KEY },
    })
    rawKey = body.api_key.raw_key
    const { port } = webhooks.address() as AddressInfo
    await create('/v1/webhook_endpoints/', { url: `http://127.0.0.1:${port}/hooks` })
  }

  async function startSubscription(): Promise<void> {
    const customer = await create('/v1/customers/', { external_id: 'ada', name: 'Ada', currency: 'USD' })
    await create(`/v1/payment_methods/`, {
      ...{
        customer_id: customer.id,
        provider: 'sandbox',
        provider_payment_method_id: 'pm_card_visa',
        type: 'card',
        is_default: true,
      },
    })
    await create('/v1/billable_metrics/', { code: 'calls', name: 'Calls', aggregation_type: 'count' })
    const plan = await create('/v1/plans/', {
      ...{ code: 'in-advance', name: 'In advance', interval: 'monthly', amount_cents: 2_000, currency: 'USD' },
    })
    const started = `${platform.ports.clock.now().slice(0, 7)}-01T00:00:00Z`
    const subscription = { external_id: 'subscription', customer_id: customer.id, plan_id: plan.id }
    await create('/v1/subscriptions/', { ...subscription, pay_in_advance: true, started_at: started }, REQUEST_ID)
    const event = { transaction_id: 'one', external_customer_id: 'ada', code: 'calls' }
    await platform.call({ method: 'GET', url: '/v1/events/', headers: { authorization: `Bearer ${rawKey}` } })
    await create('/v1/events/', { ...event, timestamp: platform.ports.clock.now() })
  }

  beforeAll(async () => {
    database = await createTestDatabase()
    webhooks = await receiver()
    tracing = openTracing(new SimpleSpanProcessor(exporter), { serviceName: 'billstream-spec', share: 1 })
    const log = createLog('info', { write: (line: string) => void lines.push(line) })
    platform = await startPlatform(database.connectionString, { log, tracing })
    await openOrganization()
    await startSubscription()
    await eventually(() => expect(spans().map(({ name }) => name)).toContain('deliver invoice.paid'))
  })

  afterAll(async () => {
    await platform.stop()
    await tracing.close()
    await new Promise((resolve) => webhooks.close(resolve))
    await database.drop()
  })

  describe('traced', () => {
    const parentOf = ({ parentSpanContext }: ReadableSpan) => parentSpanContext?.spanId

    it('is one tree from the request to the webhook', () =>
      eventually(() => {
        const ids = new Set(spans().map((span) => span.spanContext().spanId))
        expect(ids.size).toBe(spans().length)
        const roots = spans().filter((span) => parentOf(span) === undefined)
        expect(roots.map(({ name }) => name)).toEqual(['POST /v1/subscriptions'])
        const orphans = spans().filter((span) => parentOf(span) !== undefined && !ids.has(parentOf(span) ?? ''))
        expect(orphans.map(({ name }) => name)).toEqual([])
      }))

    it('leads from the command over its event to the view', () =>
      eventually(() => {
        const way: string[] = []
        const of = (event: string) =>
          spans()
            .find(({ name }) => name === `append ${event}`)
            ?.spanContext().spanId
        const isOfStart = (span: ReadableSpan) => parentOf(span) === of('SubscriptionStarted')
        let at = spans().find((span) => span.name === 'project subscriptions.subscription' && isOfStart(span))
        while (at) {
          way.unshift(at.name)
          const parent = parentOf(at)
          at = spans().find((span) => span.spanContext().spanId === parent)
        }
        expect(way).toEqual([
          'POST /v1/subscriptions',
          'send CreateSubscription',
          'handle CreateSubscription',
          'append SubscriptionStarted',
          'project subscriptions.subscription',
        ])
      }))

    it('shows what processes want and what follows', () => {
      const names = new Set(spans().map(({ name }) => name))
      const expected = [
        'process draft-invoice-when-period-measured',
        'append InvoiceFinalized',
        'append PaymentSucceeded',
      ]
      for (const name of expected) expect(names).toContain(name)
    })
  })

  describe('logged', () => {
    it('has one line per command with its outcome', () => {
      const commands = logged('command').filter(({ correlationId }) => correlationId === REQUEST_ID)
      expect(commands).toContainEqual(
        expect.objectContaining({
          ...{ level: 30, context: 'subscriptions', command: 'CreateSubscription', outcome: 'ok' },
          durationMs: expect.any(Number) as number,
          organizationId: expect.any(String) as string,
          commandId: expect.any(String) as string,
        }),
      )
      const ids = commands.map(({ commandId }) => commandId)
      expect(new Set(ids).size).toBe(ids.length)
    })

    it('carries one correlation id from the request to the webhook', () => {
      const ofRequest = { correlationId: REQUEST_ID }
      expect(logged('request')).toContainEqual(expect.objectContaining({ ...ofRequest, route: '/v1/subscriptions' }))
      const paid = { ...ofRequest, webhookType: 'invoice.paid', outcome: 'delivered', httpStatus: 204 }
      expect(logged('delivery')).toContainEqual(expect.objectContaining(paid))
    })

    it('shows no key, no secret and no payment method', () => {
      for (const secret of [rawKey, HMAC_KEY, ADMIN_SECRET, 'pm_card_visa'])
        expect(lines.join('')).not.toContain(secret)
    })
  })

  describe('measured', () => {
    const scrape = () => platform.metrics.text()

    it('tells what went through it, and nothing of a tenant', async () => {
      const text = await scrape()
      expect(text).toContain('billstream_commands_total{context="subscriptions",type="CreateSubscription",code="ok"} 1')
      expect(text).toContain('billstream_usage_events_total{outcome="created"} 1')
      expect(text).toMatch(/billstream_delivery_seconds_count\{outcome="delivered"\} [1-9]/)
      expect(text).toMatch(
        /billstream_provider_call_seconds_count\{provider="sandbox",call="charge",outcome="succeeded"\} 1/,
      )
      expect(text).toMatch(
        /billstream_http_request_seconds_count\{method="POST",route="\/v1\/subscriptions",status="201"\} 1/,
      )
      for (const line of samplesOf(text)) expect(line).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-|ada|Watched/)
    })

    it('tells of no lag and no queue once everything is done', () =>
      eventually(async () => {
        const samples = samplesOf(await scrape())
        const lags = samples.filter((line) => /_lag_events\{/.test(line))
        expect(lags.filter((line) => !line.endsWith(' 0'))).toEqual([])
        expect(lags.some((line) => line.includes('projection="invoicing.invoice"'))).toBe(true)
        expect(lags.some((line) => line.includes('consumer="feed:invoicing"'))).toBe(true)
        expect(samples.filter((line) => /queue="(outbox|dead_letters|refused_commands)"/.test(line))).toEqual([])
      }))

    it('has every metric that dashboard and alerts name', async () => {
      const text = await scrape()
      const families = new Map([...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name, type]) => [name, type]))
      const isThere = (name: string) =>
        families.has(name) ||
        (/_(bucket|sum|count)$/.test(name) && families.get(name.replace(/_(bucket|sum|count)$/, '')) === 'histogram')
      const named = [
        ...metricsNamedIn(readDeployed('prometheus/alerts.yml')),
        ...metricsNamedIn(readDeployed('grafana/billstream.json')),
      ]
      expect(named.length).toBeGreaterThan(20)
      expect(named.filter((name) => !isThere(name))).toEqual([])
    })

    it('has samples of every metric that is named, but for what has not happened and for other profiles', async () => {
      const samples = samplesOf(await scrape())
      const named = new Set([
        ...metricsNamedIn(readDeployed('prometheus/alerts.yml')),
        ...metricsNamedIn(readDeployed('grafana/billstream.json')),
      ])
      const absent = [...named].filter(
        (name) => !samples.some((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `)),
      )
      const allowed = /kafka|dead_letters|failures|queue_depth|timer_delay/
      expect(absent.filter((name) => !allowed.test(name))).toEqual([])
    })
  })
})

describe('each alert', () => {
  it('has its section in the runbooks, and each section its alert', () => {
    const names = alerts().map(({ name }) => name)
    expect(names.length).toBeGreaterThan(5)
    expect([...runbooks()].sort()).toEqual([...names].sort())
  })

  it('points to its section', () => {
    for (const { name, runbook } of alerts())
      expect(runbook).toMatch(new RegExp(`docs/operations\\.md#${name.toLowerCase()}$`))
  })
})
