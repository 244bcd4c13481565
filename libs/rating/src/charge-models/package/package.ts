import { Decimal, decimal, formatDecimal } from '@billstream/kernel'
import type { PackageCharge, PricedCharge } from '../charge-model'
import { averageUnitAmount } from '../unit-amount'

/** ceil(max(0, units - free) / size) x price. Throws RangeError on a size of 0 or less. */
export function pricePackage(charge: PackageCharge, units: Decimal): PricedCharge {
  const packages = packagesOf(Decimal.max(0, units.minus(charge.freeUnits)), decimal(charge.size))
  const amount = packages.times(charge.packagePrice)
  const begun = !packages.isZero()
  return {
    amount,
    unitAmount: averageUnitAmount(amount, units),
    steps: begun
      ? [
          {
            kind: 'packages',
            freeUnits: charge.freeUnits,
            size: charge.size,
            packages: formatDecimal(packages),
            packagePrice: charge.packagePrice,
            amount: formatDecimal(amount),
          },
        ]
      : [],
  }
}

/** Whole quotient and remainder are exact; a quotient rounded to 12 places could lose the last begun package. */
function packagesOf(units: Decimal, size: Decimal): Decimal {
  if (size.lessThanOrEqualTo(0)) throw new RangeError('A package holds more than 0 units.')
  const full = units.divToInt(size)
  return units.minus(full.times(size)).isZero() ? full : full.plus(1)
}
