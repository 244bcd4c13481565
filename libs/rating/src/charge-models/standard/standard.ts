import { type Decimal, decimal, formatDecimal } from '@billstream/kernel'
import type { LimitStep, PricedCharge, StandardCharge, UnitsStep } from '../charge-model'

/** Units times price; then at least the minimum (at 0 units too), then at most the maximum, which so wins over the minimum. */
export function priceStandard(charge: StandardCharge, units: Decimal): PricedCharge {
  const unitPrice = decimal(charge.unitPrice)
  const priced = units.times(unitPrice)
  const lifted = atLeast(priced, charge.minAmount)
  const amount = atMost(lifted, charge.maxAmount)
  return {
    amount,
    unitAmount: unitPrice,
    steps: [
      ...unitsStep(units, unitPrice, priced),
      ...limitStep('minimum', charge.minAmount, lifted.minus(priced)),
      ...limitStep('maximum', charge.maxAmount, amount.minus(lifted)),
    ],
  }
}

function atLeast(amount: Decimal, limit: string | null): Decimal {
  return limit !== null && amount.lessThan(limit) ? decimal(limit) : amount
}

function atMost(amount: Decimal, limit: string | null): Decimal {
  return limit !== null && amount.greaterThan(limit) ? decimal(limit) : amount
}

function unitsStep(units: Decimal, unitPrice: Decimal, amount: Decimal): UnitsStep[] {
  if (units.isZero()) return []
  return [
    {
      kind: 'units',
      from: '0',
      to: null,
      units: formatDecimal(units),
      unitPrice: formatDecimal(unitPrice),
      flatAmount: '0',
      amount: formatDecimal(amount),
    },
  ]
}

function limitStep(kind: LimitStep['kind'], limit: string | null, change: Decimal): LimitStep[] {
  return limit === null || change.isZero() ? [] : [{ kind, limit, amount: formatDecimal(change) }]
}
