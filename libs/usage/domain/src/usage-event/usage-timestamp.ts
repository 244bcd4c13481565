import { addMinutes, compareInstants, parseInstant, refuse, type Instant, type Result } from '@billstream/kernel'

/** How far a usage event may lie in the future: clocks differ. */
const USAGE_AHEAD_MINUTES_MAX = 5

/**
 * The latest timestamp that is taken: 5 minutes after real time or the customer's clock, whichever is later.
 * customerNow: the time of the customer's test clock; absent for real time and for customers that are not known yet.
 * Source: domain.md, section 5.
 */
export function latestTimestamp(realNow: Instant, customerNow?: Instant): Instant {
  const now = customerNow !== undefined && compareInstants(customerNow, realNow) > 0 ? customerNow : realNow
  return addMinutes(now, USAGE_AHEAD_MINUTES_MAX)
}

export type TimestampRefusal = 'invalid_timestamp' | 'timestamp_in_future'

/** The canonical instant, microseconds kept. Errors at `timestamp`: `invalid_timestamp`, `timestamp_in_future`. */
export function usageTimestamp(text: string, latest: Instant): Result<Instant, TimestampRefusal> {
  const instant = parseInstant(text)
  if (!instant.ok) return refuse('invalid_timestamp', instant.error.message, 'timestamp')
  if (compareInstants(instant.value, latest) > 0) {
    return refuse(
      'timestamp_in_future',
      `A usage event lies at most ${USAGE_AHEAD_MINUTES_MAX} minutes ahead.`,
      'timestamp',
    )
  }
  return instant
}
