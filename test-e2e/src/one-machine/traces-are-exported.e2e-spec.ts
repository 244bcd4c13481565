import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { eventually, type Api } from '../support/api'
import { createOrganization } from '../support/organizations'
import { PlatformProcess } from '../support/platform-process'

interface Span {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
}
interface Exported {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly Span[] }[] }[]
}

/** Takes what an OpenTelemetry collector takes: OTLP over HTTP, as JSON. */
class Collector {
  readonly spans: Span[] = []

  private constructor(private readonly server: Server) {}

  static async listen(): Promise<Collector> {
    const server = createServer()
    const collector = new Collector(server)
    server.on('request', (request, response) => {
      void json(request).then((body) => {
        if (request.url === '/v1/traces') collector.take(body as Exported)
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return collector
  }

  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  close(): void {
    this.server.closeAllConnections()
    this.server.close()
  }

  private take({ resourceSpans }: Exported): void {
    this.spans.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)))
  }
}

describe('a platform that was told of a collector', () => {
  let collector: Collector
  let platform: PlatformProcess
  let api: Api

  beforeAll(async () => {
    collector = await Collector.listen()
    platform = await PlatformProcess.start({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.address })
    api = (await createOrganization(platform, 'Traced')).api
  })
  afterAll(async () => {
    await platform.dispose()
    collector.close()
  })

  it('sends it the spans of a request as one tree', async () => {
    const correlationId = '0198c0de-0000-7000-8000-00000000cafe'
    await api.call('POST', '/v1/customers/', {
      body: { external_id: 'traced', name: 'Traced', currency: 'USD' },
      headers: { 'x-request-id': correlationId },
    })
    const traceId = correlationId.replaceAll('-', '')
    await eventually(async () => {
      const spans = collector.spans.filter((span) => span.traceId === traceId)
      expect(spans.map(({ name }) => name)).toEqual(
        expect.arrayContaining([expect.stringContaining('/v1/customers'), expect.stringContaining('CreateCustomer')]),
      )
      const known = new Set(spans.map(({ spanId }) => spanId))
      const roots = spans.filter(({ parentSpanId }) => parentSpanId === undefined || !known.has(parentSpanId))
      expect(roots).toHaveLength(1)
      return Promise.resolve()
    })
  })
})
