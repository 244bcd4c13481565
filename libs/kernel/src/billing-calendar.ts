import type { Instant } from './clock'
import { addMinutes, compareInstants, epochMicros } from './instant'
import { addDayNumbers, dayNumber, instantOfLocal, localTimeOf, type LocalTime } from './timezone'

/** Half open, UTC: an instant belongs to it when start <= instant < end. */
export interface Period {
  readonly start: Instant
  readonly end: Instant
}

export type IntervalUnit = 'minute' | 'day' | 'week' | 'month' | 'quarter' | 'year'

/** count: whole, at least 1; `{unit: 'month', count: 3}` is three months. */
export interface Interval {
  readonly unit: IntervalUnit
  readonly count: number
}

/**
 * Where periods begin. anniversary: at the anchor and n intervals after it, at its local time. calendar: on Mondays, the first of
 * a month, quarter or year, 00:00 local; intervals of several units are counted from the unit that holds the anchor.
 * Minutes have no calendar: they run from the anchor in both. timezone: an IANA name.
 */
export interface BillingCalendar {
  readonly billingTime: 'calendar' | 'anniversary'
  readonly interval: Interval
  readonly anchor: Instant
  readonly timezone: string
}

const MONTHS: Partial<Record<IntervalUnit, number>> = { month: 1, quarter: 3, year: 12 }
const DAYS_PER_WEEK = 7
/** 1970-01-01 was a Thursday. */
const FIRST_MONDAY = 4
const MICROS_PER_MINUTE = 60_000_000n

/** Whether an instant lies in a period: the start does, the end does not. */
export function isInPeriod(period: Period, instant: Instant): boolean {
  return compareInstants(period.start, instant) <= 0 && compareInstants(instant, period.end) < 0
}

/**
 * The full period that holds an instant, also one before the anchor. Periods tile all of time, without gap or overlap.
 * Takes a few steps however far the anchor is. Throws RangeError on a count below 1 and beyond the years 1900 to 9999.
 */
export function periodAt(calendar: BillingCalendar, instant: Instant): Period {
  const grid = gridOf(calendar)
  let n = grid.estimate(instant)
  let period = { start: grid.start(n), end: grid.start(n + 1) }
  while (compareInstants(period.start, instant) > 0) {
    n -= 1
    period = { start: grid.start(n), end: period.start }
  }
  while (compareInstants(period.end, instant) <= 0) {
    n += 1
    period = { start: period.end, end: grid.start(n + 1) }
  }
  return period
}

/** The n-th full period, from 0: the one that holds the anchor. Always counted from the anchor. Throws as `periodAt` does. */
export function nthPeriod(calendar: BillingCalendar, n: number): Period {
  if (!Number.isSafeInteger(n)) throw new RangeError(`Not the number of a period: ${n}`)
  const grid = gridOf(calendar)
  return { start: grid.start(n), end: grid.start(n + 1) }
}

/** The full period that begins where a period ends. Throws as `periodAt` does. */
export function periodAfter(calendar: BillingCalendar, period: Period): Period {
  return periodAt(calendar, period.end)
}

/** Where the n-th period starts, and a guess of n for an instant that is off by very few. */
interface Grid {
  start(n: number): Instant
  estimate(instant: Instant): number
}

function gridOf(calendar: BillingCalendar): Grid {
  const { unit, count } = calendar.interval
  if (!Number.isSafeInteger(count) || count < 1) throw new RangeError(`Not the count of an interval: ${count}`)
  const months = MONTHS[unit]
  if (unit === 'minute') return minuteGrid(calendar.anchor, count)
  if (months !== undefined) return monthGrid(calendar, months, months * count)
  return dayGrid(calendar, unit === 'week' ? 'week' : 'day')
}

function minuteGrid(anchor: Instant, minutes: number): Grid {
  const origin = epochMicros(anchor)
  return {
    start: (n) => addMinutes(anchor, n * minutes),
    estimate: (instant) => Number((epochMicros(instant) - origin) / (BigInt(minutes) * MICROS_PER_MINUTE)),
  }
}

/** Weeks keep their weekday, so a missing day counts for them; an interval of days counts only days that exist. */
function dayGrid(calendar: BillingCalendar, unit: 'day' | 'week'): Grid {
  const { timezone, interval } = calendar
  const origin = originOf(calendar, (day) => (unit === 'week' ? mondayOf(day) : day))
  const days = interval.count * (unit === 'week' ? DAYS_PER_WEEK : 1)
  const move = (n: number) => (unit === 'week' ? origin.day + n * days : addDayNumbers(origin.day, n * days, timezone))
  return {
    start: startsAt(calendar, origin, move),
    estimate: (instant) => Math.floor((dayNumber(instant, timezone) - origin.day) / days),
  }
}

function monthGrid(calendar: BillingCalendar, unitMonths: number, months: number): Grid {
  const origin = originOf(calendar, (day) => firstDayOfUnit(day, unitMonths))
  const { month, dayOfMonth } = monthOf(origin.day)
  return {
    start: startsAt(calendar, origin, (n) => dayInMonth(month + n * months, dayOfMonth)),
    estimate: (instant) => Math.floor((monthOf(dayNumber(instant, calendar.timezone)).month - month) / months),
  }
}

/** The local time from which periods are counted. */
function originOf({ billingTime, anchor, timezone }: BillingCalendar, firstDay: (day: number) => number): LocalTime {
  if (billingTime === 'anniversary') return localTimeOf(anchor, timezone)
  return { day: firstDay(dayNumber(anchor, timezone)), micros: 0n }
}

/** An anchor may be the second of two equal local times, so it is itself and not the first instant of its local time. */
function startsAt(calendar: BillingCalendar, origin: LocalTime, dayOf: (n: number) => number): (n: number) => Instant {
  return (n) =>
    n === 0 && calendar.billingTime === 'anniversary'
      ? calendar.anchor
      : instantOfLocal({ day: dayOf(n), micros: origin.micros }, calendar.timezone)
}

function mondayOf(day: number): number {
  return day - ((((day - FIRST_MONDAY) % DAYS_PER_WEEK) + DAYS_PER_WEEK) % DAYS_PER_WEEK)
}

function firstDayOfUnit(day: number, unitMonths: number): number {
  const { month } = monthOf(day)
  return dayInMonth(Math.floor(month / unitMonths) * unitMonths, 1)
}

/** month: months since January 1970, so that quarters and years are its multiples. */
function monthOf(day: number): { month: number; dayOfMonth: number } {
  const date = new Date(day * 86_400_000)
  return { month: (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth(), dayOfMonth: date.getUTCDate() }
}

/** The day of a month, or its last day where it is shorter: 31 January, 28 February, 31 March. */
function dayInMonth(month: number, dayOfMonth: number): number {
  const lastDay = new Date(Date.UTC(1970, month + 1, 0)).getUTCDate()
  return Date.UTC(1970, month, Math.min(dayOfMonth, lastDay)) / 86_400_000
}
