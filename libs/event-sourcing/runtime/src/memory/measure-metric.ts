import { decimal, Decimal, formatDecimal } from '@billstream/kernel'
import type { MeasuredMetric, UsageEvent } from '../ports/usage-log.port'

export interface MeasurableEvent extends UsageEvent {
  readonly micros: bigint
}

/** The exact parts of one metric over its events, in any order. Source: domain.md, section 5. */
export function measureMetric(code: string, events: readonly MeasurableEvent[]): MeasuredMetric {
  const valued = events.filter((event) => event.value !== null)
  const values = valued.map((event) => decimal(event.value ?? '0'))
  const latest = valued.length === 0 ? undefined : valued.reduce((a, b) => (isLater(b, a) ? b : a))
  return {
    code,
    eventsCount: events.length,
    sum: formatDecimal(values.reduce((sum, value) => sum.plus(value), new Decimal(0))),
    max: values.length === 0 ? null : formatDecimal(Decimal.max(...values)),
    latest: latest ? formatDecimal(decimal(latest.value ?? '0')) : null,
    uniqueCount: new Set(events.map(({ distinct }) => distinct).filter((distinct) => distinct !== null)).size,
  }
}

/** By (timestamp, transaction id as bytes). */
function isLater(a: MeasurableEvent, b: MeasurableEvent): boolean {
  return a.micros === b.micros ? compareBytes(a.transactionId, b.transactionId) > 0 : a.micros > b.micros
}

/** As PostgreSQL's collation C orders UTF-8. */
export function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
