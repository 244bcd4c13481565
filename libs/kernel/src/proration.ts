import { compareInstants, epochMicros } from './instant'
import { type Period } from './billing-calendar'
import { civilDaysBetween } from './timezone'

/** The stretch `from` to `to` of a full period of `of` units, all counted from the start of the full period. */
export interface Share {
  readonly from: number
  readonly to: number
  readonly of: number
}

/**
 * The part of an amount that belongs to the stretch from to to of a full period: round(a x to / of) - round(a x from / of),
 * half away from zero. So any cuts of a period add up to the amount.
 * amount: minor units, of both signs. from, to, of: whole civil days (or seconds), 0 <= from <= to <= of.
 * Throws RangeError otherwise, and on a period of 0: callers prove the period first. Source: domain.md, section 4.
 */
export function part(amount: bigint, from: number, to: number, of: number): bigint {
  if (![from, to, of].every(Number.isSafeInteger) || of <= 0 || from < 0 || from > to || to > of) {
    throw new RangeError(`Not a part of a period: ${from} to ${to} of ${of}.`)
  }
  return roundedQuotient(amount * BigInt(to), BigInt(of)) - roundedQuotient(amount * BigInt(from), BigInt(of))
}

/**
 * The civil days of a stretch inside its full period, in the billing timezone; the day of a change belongs to what comes after.
 * Throws RangeError when the stretch is not inside the period. `of` is 0 for a period within one day: use `secondsOf` there.
 * Source: domain.md, section 4.
 */
export function daysOf(period: Period, stretch: Period, timezone: string): Share {
  requireInside(period, stretch)
  return {
    from: civilDaysBetween(period.start, stretch.start, timezone),
    to: civilDaysBetween(period.start, stretch.end, timezone),
    of: civilDaysBetween(period.start, period.end, timezone),
  }
}

/** The whole seconds of a stretch inside its full period, for intervals shorter than a day. Throws as `daysOf` does. */
export function secondsOf(period: Period, stretch: Period): Share {
  requireInside(period, stretch)
  const origin = epochMicros(period.start)
  const secondsTo = (instant: string) => Number((epochMicros(instant) - origin) / 1_000_000n)
  return { from: secondsTo(stretch.start), to: secondsTo(stretch.end), of: secondsTo(period.end) }
}

function requireInside(period: Period, stretch: Period): void {
  const inside =
    compareInstants(period.start, stretch.start) <= 0 &&
    compareInstants(stretch.start, stretch.end) <= 0 &&
    compareInstants(stretch.end, period.end) <= 0
  if (!inside) {
    throw new RangeError(`${stretch.start} to ${stretch.end} is not inside ${period.start} to ${period.end}.`)
  }
}

/** divisor > 0. Half away from zero. */
function roundedQuotient(dividend: bigint, divisor: bigint): bigint {
  const size = dividend < 0n ? -dividend : dividend
  const rounded = (2n * size + divisor) / (2n * divisor)
  return dividend < 0n ? -rounded : rounded
}
