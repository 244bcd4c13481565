import { Decimal, divide } from '@billstream/kernel'

/** What one unit cost on average, to 12 places; 0 at 0 units. Source: rules/boxbilling.md, section 5, "Fee". */
export function averageUnitAmount(amount: Decimal, units: Decimal): Decimal {
  return units.isZero() ? new Decimal(0) : divide(amount, units)
}
