import { daysOf, type IntervalUnit, part, type Period, secondsOf } from '@billstream/kernel'

/**
 * amount: of a full period, minor units. period: the full one. stretch: the part of it that is billed.
 * unit: of the plan's interval. timezone: the billing timezone, IANA.
 */
export interface BaseFeeRequest {
  readonly amount: bigint
  readonly unit: IntervalUnit
  readonly period: Period
  readonly stretch: Period
  readonly timezone: string
}

/** days of ofDays are billed: days `from` to `to`, counted from the start of the full period. Seconds where `countedIn` says so. */
export interface BaseFee {
  readonly amount: bigint
  readonly days: number
  readonly ofDays: number
  readonly from: number
  readonly to: number
  readonly countedIn: 'days' | 'seconds'
}

/**
 * The base fee of a full or a partial period: `part` over civil days in the billing timezone, over seconds where the interval is
 * in minutes. The fees of stretches that tile a period add up to its amount.
 * Throws RangeError when the stretch is not inside the period. Source: domain.md, section 4; rules/boxbilling.md, section 7.
 */
export function baseFee({ amount, unit, period, stretch, timezone }: BaseFeeRequest): BaseFee {
  const inSeconds = unit === 'minute'
  const { from, to, of } = inSeconds ? secondsOf(period, stretch) : daysOf(period, stretch, timezone)
  return {
    amount: part(amount, from, to, of),
    days: to - from,
    ofDays: of,
    from,
    to,
    countedIn: inSeconds ? 'seconds' : 'days',
  }
}
