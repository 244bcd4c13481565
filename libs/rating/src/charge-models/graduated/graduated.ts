import { Decimal, decimal, formatDecimal } from '@billstream/kernel'
import type { GraduatedCharge, PricedCharge, UnitsStep } from '../charge-model'
import { averageUnitAmount } from '../unit-amount'

/** Each range (previous bound, bound] prices the units that lie in it, plus its flat amount when that is more than 0. */
export function priceGraduated(charge: GraduatedCharge, units: Decimal): PricedCharge {
  const steps: UnitsStep[] = []
  let amount = new Decimal(0)
  let from = new Decimal(0)
  for (const range of charge.ranges) {
    if (units.lessThanOrEqualTo(from)) break
    const to = range.upTo === null ? null : decimal(range.upTo)
    const part = (to === null ? units : Decimal.min(units, to)).minus(from)
    const cost = part.times(range.unitPrice).plus(range.flatAmount)
    amount = amount.plus(cost)
    steps.push({
      kind: 'units',
      from: formatDecimal(from),
      to: range.upTo,
      units: formatDecimal(part),
      unitPrice: range.unitPrice,
      flatAmount: range.flatAmount,
      amount: formatDecimal(cost),
    })
    from = to ?? units
  }
  return { amount, unitAmount: averageUnitAmount(amount, units), steps }
}
