import { compareInstants, decimal, Decimal, formatDecimal, type Instant } from '@billstream/kernel'
import type { MeasuredUsage } from './measured-usage'

/** One usage event of a metric. value: decimal text of the metric's field. distinct: canonical text from `distinctOf`. */
export interface MeasurableEvent {
  readonly timestamp: Instant
  readonly transactionId: string
  readonly value?: string
  readonly distinct?: string
}

/**
 * The exact parts of single events, in any order: arrival never decides an amount. The latest value is that of the greatest
 * (timestamp, transaction id as bytes). Every event is given once. Source: domain.md, section 5.
 */
export function measureEvents(events: Iterable<MeasurableEvent>): MeasuredUsage {
  let eventsCount = 0
  let sum = new Decimal(0)
  let max: Decimal | undefined
  let latest: (MeasurableEvent & { value: string }) | undefined
  const distinct = new Set<string>()
  for (const event of events) {
    eventsCount += 1
    if (event.distinct !== undefined) distinct.add(event.distinct)
    if (!hasValue(event)) continue
    const value = decimal(event.value)
    sum = sum.plus(value)
    max = max === undefined || value.greaterThan(max) ? value : max
    latest = latest === undefined || compareEvents(event, latest) > 0 ? event : latest
  }
  return {
    eventsCount,
    sum: formatDecimal(sum),
    max: max === undefined ? null : formatDecimal(max),
    latest: latest === undefined ? null : formatDecimal(decimal(latest.value)),
    uniqueCount: distinct.size,
  }
}

function hasValue(event: MeasurableEvent): event is MeasurableEvent & { value: string } {
  return event.value !== undefined
}

type EventOrder = Pick<MeasurableEvent, 'timestamp' | 'transactionId'>

/** The one order of usage events: timestamp, then transaction id compared as bytes. Negative, 0 or positive. */
export function compareEvents(a: EventOrder, b: EventOrder): number {
  return compareInstants(a.timestamp, b.timestamp) || compareBytes(a.transactionId, b.transactionId)
}

/** UTF-8 bytes sort as code points do, UTF-16 units do not: U+FF5E comes before U+1F600. */
function compareBytes(a: string, b: string): number {
  const [first, second] = [Array.from(a), Array.from(b)]
  for (let index = 0; index < Math.min(first.length, second.length); index += 1) {
    const difference = codePoint(first[index]) - codePoint(second[index])
    if (difference !== 0) return difference
  }
  return first.length - second.length
}

function codePoint(character: string | undefined): number {
  return character?.codePointAt(0) ?? 0
}
