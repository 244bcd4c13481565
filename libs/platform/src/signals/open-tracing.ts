import { createRequire } from 'node:module'
import { context, diag, DiagLogLevel, propagation, trace } from '@opentelemetry/api'
import type * as Otlp from '@opentelemetry/exporter-trace-otlp-http'
import type * as Resources from '@opentelemetry/resources'
import type { SpanProcessor } from '@opentelemetry/sdk-trace-base'
import type * as Sdk from '@opentelemetry/sdk-trace-node'
import type { Log } from '@billstream/event-sourcing-runtime'
import { DerivedIds } from './trace-identity'
import { Tracing } from './tracing'

/** An exporter that hangs holds up a stop no longer, in milliseconds. */
const EXPORT_TIMEOUT_MS = 2_000

export interface TracingOptions {
  /** `service.name` of the spans. */
  readonly serviceName: string
  /** The share of traces that are kept, 0 to 1. All spans of a trace are kept or none, in whatever process. */
  readonly share: number
}

/** Loads a package now, not at the start of the program. */
const load = createRequire(__filename) as <Package>(name: string) => Package

function loadSdk() {
  return load<typeof Sdk>('@opentelemetry/sdk-trace-node')
}

/**
 * Sends spans by OTLP over HTTP to `<endpoint>/v1/traces`. The SDK is loaded here, so a process without traces has none of it.
 * Headers of the request come from OTEL_EXPORTER_OTLP_HEADERS.
 */
export function openOtlpTracing(endpoint: string, options: TracingOptions, log: Log): Tracing {
  const { OTLPTraceExporter } = load<typeof Otlp>('@opentelemetry/exporter-trace-otlp-http')
  const { BatchSpanProcessor } = loadSdk()
  const url = `${endpoint.replace(/\/$/, '')}/v1/traces`
  const exporter = new OTLPTraceExporter({ url, timeoutMillis: EXPORT_TIMEOUT_MS })
  const note = (message: string) => log.warn({ source: 'opentelemetry' }, message)
  const silent = () => undefined
  diag.setLogger({ error: note, warn: note, info: silent, debug: silent, verbose: silent }, DiagLogLevel.WARN)
  return openTracing(new BatchSpanProcessor(exporter), options)
}

/** Spans to any processor. One at a time per process: the context and the headers of messages are the process's. */
export function openTracing(processor: SpanProcessor, { serviceName, share }: TracingOptions): Tracing {
  const { NodeTracerProvider, TraceIdRatioBasedSampler } = loadSdk()
  const { resourceFromAttributes } = load<typeof Resources>('@opentelemetry/resources')
  const ids = new DerivedIds()
  const provider = new NodeTracerProvider({
    idGenerator: ids,
    sampler: new TraceIdRatioBasedSampler(share),
    resource: resourceFromAttributes({ 'service.name': serviceName }),
    spanProcessors: [processor],
  })
  provider.register()
  return new Tracing(provider.getTracer('billstream'), ids, async () => {
    await provider.shutdown()
    for (const part of [trace, context, propagation]) part.disable()
  })
}
