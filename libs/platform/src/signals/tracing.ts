import {
  context,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Attributes,
  type Context,
  type Span,
  type Tracer,
} from '@opentelemetry/api'
import { spanIdOf, traceIdOf, type DerivedIds } from './trace-identity'

export interface SpanStart {
  readonly name: string
  readonly kind?: 'internal' | 'server' | 'client' | 'producer' | 'consumer'
  readonly correlationId: string
  /** The event that caused it; the parent where no span of the same trace is active. */
  readonly causedBy?: string
  /** Never of a tenant's content: names, types, codes, ids. */
  readonly attributes?: Attributes
}

/** A span of what is over. */
export interface SpanOfThePast extends SpanStart {
  /** The recorded event whose span it is. */
  readonly event?: string
  /** Milliseconds since 1970. */
  readonly startedAtMs: number
  readonly endedAtMs?: number
  readonly failed?: boolean
}

const KINDS = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const

/** A span that is open, and what is called within it. */
export interface OpenSpan {
  within<T>(work: () => T): T
  end(attributes?: Attributes, failure?: string): void
}

/** Spans of this process. Their ids follow from correlation and events: see `trace-identity.ts`. */
export class Tracing {
  constructor(
    private readonly tracer: Tracer,
    private readonly ids: DerivedIds,
    /** Sends what is left, within a bound; a repeat is safe. */
    readonly close: () => Promise<void>,
  ) {}

  /** The caller ends it. */
  start(wanted: SpanStart): OpenSpan {
    const parent = parentOf(wanted)
    const span = this.startIn(parent, wanted, {})
    const active = trace.setSpan(parent, span)
    return {
      within: (work) => context.with(active, work),
      end: (attributes, failure) => {
        if (attributes) span.setAttributes(attributes)
        if (failure !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: failure })
        span.end()
      },
    }
  }

  /** Runs the work in a span that ends with it. A throw is told by the error's name: its text may be anybody's. */
  async run<T>(
    wanted: SpanStart,
    work: () => Promise<T>,
    attributesOf: (result: T) => Attributes = () => ({}),
  ): Promise<T> {
    const span = this.start(wanted)
    try {
      const result = await span.within(work)
      span.end(attributesOf(result))
      return result
    } catch (error) {
      span.end({}, error instanceof Error ? error.name : 'Error')
      throw error
    }
  }

  note(past: SpanOfThePast): void {
    const { startedAtMs, endedAtMs = nowMs(), event, failed = false } = past
    const spanId = event === undefined ? {} : { spanId: spanIdOf(event) }
    const span = this.startIn(parentOf(past), past, { startTime: startedAtMs, ...spanId })
    if (failed) span.setStatus({ code: SpanStatusCode.ERROR })
    span.end(endedAtMs)
  }

  private startIn(
    parent: Context,
    { name, kind = 'internal', correlationId, attributes = {} }: SpanStart,
    { startTime, spanId }: { startTime?: number; spanId?: string },
  ): Span {
    const ids = { traceId: traceIdOf(correlationId), ...(spanId !== undefined && { spanId }) }
    const options = { kind: KINDS[kind], attributes, ...(startTime !== undefined && { startTime }) }
    return this.ids.with(ids, () => this.tracer.startSpan(name, options, parent))
  }
}

/** Milliseconds since 1970, with their fractions. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now()
}

/** What is active, if it is of the same trace; else the event that caused it; else nothing. */
function parentOf({ correlationId, causedBy }: SpanStart): Context {
  const active = context.active()
  const traceId = traceIdOf(correlationId)
  if (trace.getSpanContext(active)?.traceId === traceId) return active
  if (causedBy === undefined) return ROOT_CONTEXT
  const spanContext = { traceId, spanId: spanIdOf(causedBy), traceFlags: TraceFlags.SAMPLED, isRemote: true }
  return trace.setSpanContext(ROOT_CONTEXT, spanContext)
}
