import { Decimal, formatDecimal } from '@billstream/kernel'
import type { PricedCharge, VolumeCharge } from '../charge-model'
import { averageUnitAmount } from '../unit-amount'

/**
 * The range (previous bound, bound] that holds the units prices all of them, plus its flat amount; 0 units cost 0.
 * Throws RangeError when no range holds them: a charge that was read has an open last range.
 */
export function priceVolume(charge: VolumeCharge, units: Decimal): PricedCharge {
  if (units.lessThanOrEqualTo(0)) return { amount: new Decimal(0), unitAmount: new Decimal(0), steps: [] }
  const index = charge.ranges.findIndex(({ upTo }) => upTo === null || units.lessThanOrEqualTo(upTo))
  const range = charge.ranges[index]
  if (range === undefined) throw new RangeError(`No range holds ${formatDecimal(units)} units.`)
  const amount = units.times(range.unitPrice).plus(range.flatAmount)
  return {
    amount,
    unitAmount: averageUnitAmount(amount, units),
    steps: [
      {
        kind: 'units',
        from: charge.ranges[index - 1]?.upTo ?? '0',
        to: range.upTo,
        units: formatDecimal(units),
        unitPrice: range.unitPrice,
        flatAmount: range.flatAmount,
        amount: formatDecimal(amount),
      },
    ],
  }
}
