import { randomBytes } from 'node:crypto'

/**
 * Traces follow from what the platform stores anyway. The trace of everything that descends from one request, or from one
 * timer, has the 128 bits of its correlation id; the span of a recorded event has the last 64 bits of the event's id. So
 * whoever handles an event later, in whatever process, knows its parent, and no event carries a trace.
 */

/** 32 hex digits. */
export function traceIdOf(correlationId: string): string {
  return correlationId.replaceAll('-', '')
}

/** 16 hex digits, never all zero: in a UUID they begin with the variant. */
export function spanIdOf(eventId: string): string {
  return eventId.replaceAll('-', '').slice(-SPAN_ID_DIGITS)
}

/** Ids of the next span that is started; what is not asked for is random. Starting a span is synchronous, so one place does. */
export class DerivedIds {
  private wanted: { readonly traceId?: string; readonly spanId?: string } = {}

  with<T>(wanted: { readonly traceId?: string; readonly spanId?: string }, start: () => T): T {
    this.wanted = wanted
    try {
      return start()
    } finally {
      this.wanted = {}
    }
  }

  readonly generateTraceId = (): string => this.wanted.traceId ?? randomBytes(TRACE_ID_DIGITS / 2).toString('hex')
  readonly generateSpanId = (): string => this.wanted.spanId ?? randomBytes(SPAN_ID_DIGITS / 2).toString('hex')
}

const TRACE_ID_DIGITS = 32
const SPAN_ID_DIGITS = 16
