import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { NestFactory } from '@nestjs/core'
import { Metrics } from './metrics'
import { MetricsModule, type MetricsAccess } from './metrics.module'

const TOKEN = 'a token of at least 32 characters'
const log = { info: () => undefined, warn: () => undefined, error: () => undefined }

describe('metrics', () => {
  it('count and time by labels', async () => {
    const metrics = new Metrics(log)
    metrics.count('billstream_usage_events_total', { outcome: 'created' }, 3)
    metrics.count('billstream_usage_events_total', { outcome: 'created' })
    metrics.time('billstream_append_seconds', { outcome: 'appended' }, 0.02)
    const text = await metrics.text()
    expect(text).toContain('billstream_usage_events_total{outcome="created"} 4')
    expect(text).toContain('billstream_append_seconds_bucket{le="0.01",outcome="appended"} 0')
    expect(text).toContain('billstream_append_seconds_bucket{le="0.025",outcome="appended"} 1')
    expect(text).toContain('billstream_nodejs_eventloop_lag_p99_seconds')
  })

  it('read gauges when they are asked for, once for several who ask', async () => {
    const metrics = new Metrics(log)
    let reads = 0
    metrics.readWith(() => {
      reads += 1
      const values = [{ labels: { queue: 'outbox', name: 'usage' }, value: 7 }]
      return Promise.resolve([{ gauge: 'billstream_queue_depth' as const, values }])
    })
    const texts = await Promise.all([metrics.text(), metrics.text(), metrics.text()])
    for (const text of texts) expect(text).toContain('billstream_queue_depth{queue="outbox",name="usage"} 7')
    expect(reads).toBe(1)
  })

  it('are told without the gauges that cannot be read', async () => {
    const warnings: string[] = []
    const metrics = new Metrics({ ...log, warn: (_fields, message) => void warnings.push(message) })
    metrics.readWith(() => Promise.reject(new Error('the store is away')))
    metrics.count('billstream_failures_total', { kind: 'StoreUnavailable' })
    const text = await metrics.text()
    expect(text).toContain('billstream_failures_total{kind="StoreUnavailable"} 1')
    expect(text).not.toContain('billstream_queue_depth{')
    expect(warnings).toEqual(['Metrics could not be read.'])
  })
})

describe('GET /metrics', () => {
  const open: NestFastifyApplication[] = []

  async function answer(access: MetricsAccess, authorization?: string): Promise<{ status: number; body: string }> {
    const application = await NestFactory.create<NestFastifyApplication>(
      MetricsModule.register(new Metrics(log), access),
      new FastifyAdapter(),
      { logger: false },
    )
    open.push(application)
    await application.init()
    const headers = authorization === undefined ? {} : { authorization }
    const { statusCode: status, body } = await application.inject({ method: 'GET', url: '/metrics', headers })
    return { status, body }
  }

  afterEach(() => Promise.all(open.splice(0).map((application) => application.close())))

  it.each<[MetricsAccess, string | undefined, number]>([
    ['everybody', undefined, 200],
    ['nobody', undefined, 404],
    ['nobody', `Bearer ${TOKEN}`, 404],
    [{ token: TOKEN }, undefined, 401],
    [{ token: TOKEN }, 'Bearer another', 401],
    [{ token: TOKEN }, TOKEN, 401],
    [{ token: TOKEN }, `Bearer ${TOKEN}`, 200],
  ])('for %j with %s answers %i', async (access, authorization, status) => {
    const answered = await answer(access, authorization)
    expect(answered.status).toBe(status)
    expect(answered.body.includes('billstream_')).toBe(status === 200)
  })
})
