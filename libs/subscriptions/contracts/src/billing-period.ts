import {
  epochMicros,
  periodAfter,
  periodAt,
  type BillingCalendar,
  type Instant,
  type Interval,
  type Period,
} from '@billstream/kernel'
import type { PlanInterval } from './plan'

const INTERVALS: Readonly<Record<PlanInterval, Interval>> = {
  weekly: { unit: 'week', count: 1 },
  monthly: { unit: 'month', count: 1 },
  quarterly: { unit: 'quarter', count: 1 },
  yearly: { unit: 'year', count: 1 },
}

/** What rules a subscription's periods. startedAt: the original start, from which anniversaries are counted. timezone: IANA. */
export interface BillingTerms {
  readonly interval: PlanInterval
  readonly billingTime: BillingCalendar['billingTime']
  readonly startedAt: Instant
  readonly timezone: string
}

/** A plan's interval as calendars count it. */
export function intervalOf(interval: PlanInterval): Interval {
  return INTERVALS[interval]
}

/** The full period that holds the start; by the calendar it may begin before it. Source: domain.md section 3. */
export function firstPeriod(terms: BillingTerms): Period {
  return periodAt(calendarOf(terms), terms.startedAt)
}

/**
 * The full period after one that closed: it begins exactly where that ended, so periods tile time, also where the terms name
 * another timezone than before. Then the closed period's end lies hours (in a month's last days: days) beside a bound of the new
 * calendar, and the period that begins at the nearest bound is meant: no sliver of a period is billed.
 * Source: rules/boxbilling.md sections 3 and 7.
 */
export function nextPeriod(terms: BillingTerms, closed: Period): Period {
  const calendar = calendarOf(terms)
  const around = periodAt(calendar, closed.end)
  const at = epochMicros(closed.end)
  const beginsNearer = at - epochMicros(around.start) <= epochMicros(around.end) - at
  return { start: closed.end, end: beginsNearer ? around.end : periodAfter(calendar, around).end }
}

function calendarOf({ interval, billingTime, startedAt, timezone }: BillingTerms): BillingCalendar {
  return { billingTime, interval: INTERVALS[interval], anchor: startedAt, timezone }
}
