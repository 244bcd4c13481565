import { assertNever, Decimal, decimal } from '@billstream/kernel'
import type { MeasuredUsage } from './measured-usage'

export const AGGREGATIONS = ['count', 'sum', 'max', 'unique_count', 'latest'] as const
export type Aggregation = (typeof AGGREGATIONS)[number]

/** precision: places after the point that stay, 0 for whole units; negative ones round before the point. */
export interface UsageRounding {
  readonly fn: 'round' | 'ceil' | 'floor'
  readonly precision: number
}

/** ceil goes up and floor down the number line, so below 0 too; round goes half away from zero. */
const MODES = { round: Decimal.ROUND_HALF_UP, ceil: Decimal.ROUND_CEIL, floor: Decimal.ROUND_FLOOR } as const

/**
 * The units of a metric. Nothing measured is 0; the greatest of negative values stays negative. Rounded once, on the aggregate.
 * Throws RangeError on a precision that is not whole. Source: domain.md, section 5; rules/boxbilling.md, section 4.
 */
export function aggregate(aggregation: Aggregation, usage: MeasuredUsage, rounding?: UsageRounding): Decimal {
  const value = valueOf(aggregation, usage)
  return rounding === undefined ? value : rounded(value, rounding)
}

function valueOf(aggregation: Aggregation, usage: MeasuredUsage): Decimal {
  switch (aggregation) {
    case 'count':
      return decimal(usage.eventsCount)
    case 'sum':
      return decimal(usage.sum)
    case 'max':
      return decimal(usage.max ?? '0')
    case 'unique_count':
      return decimal(usage.uniqueCount)
    case 'latest':
      return decimal(usage.latest ?? '0')
    default:
      return assertNever(aggregation)
  }
}

function rounded(value: Decimal, { fn, precision }: UsageRounding): Decimal {
  if (!Number.isSafeInteger(precision)) throw new RangeError(`Not a number of places: ${precision}`)
  const result = value.toNearest(new Decimal(10).pow(-precision), MODES[fn])
  return result.isZero() ? new Decimal(0) : result
}
