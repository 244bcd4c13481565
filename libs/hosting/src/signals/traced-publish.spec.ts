import { context, propagation } from '@opentelemetry/api'
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { CustomerDeleted } from '@billstream/accounts-contracts'
import { recorded } from '@billstream/event-sourcing-core/testing'
import { derivedId } from '@billstream/kernel'
import { openTracing } from '@billstream/platform'
import { tracedPublish } from './traced-publish'

describe('an event that is published', () => {
  const exporter = new InMemorySpanExporter()
  const tracing = openTracing(new SimpleSpanProcessor(exporter), { serviceName: 'billstream-spec', share: 1 })
  const event = recorded(CustomerDeleted({ customerId: derivedId('customer') }))
  const message = { topic: 'topic', value: '{}', headers: {} }
  const headersWith = async (traced: typeof tracing | undefined) => {
    const carrier: Record<string, string> = {}
    const send = () => Promise.resolve(propagation.inject(context.active(), carrier))
    await tracedPublish(send, traced)(message, event)
    return carrier
  }
  afterAll(() => tracing.close())

  it('carries the trace of its request, and is below the span of the event', async () => {
    const traceId = event.metadata.correlationId.replaceAll('-', '')
    const { traceparent } = await headersWith(tracing)
    const [span] = exporter.getFinishedSpans()
    expect(span?.name).toBe('publish CustomerDeleted')
    expect(span?.parentSpanContext).toMatchObject({ traceId, spanId: event.id.replaceAll('-', '').slice(-16) })
    expect(traceparent).toBe(`00-${traceId}-${span?.spanContext().spanId}-01`)
  })

  it('carries none where nothing is traced', async () => expect(await headersWith(undefined)).toEqual({}))
})
