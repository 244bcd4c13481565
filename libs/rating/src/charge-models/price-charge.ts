import { assertNever, type Decimal, roundToMinor } from '@billstream/kernel'
import type { ChargeModel, PricedCharge } from './charge-model'
import { priceGraduated } from './graduated/graduated'
import { pricePackage } from './package/package'
import { priceStandard } from './standard/standard'
import { priceVolume } from './volume/volume'

/**
 * What units cost under a charge, exactly, with the steps that explain it. Units may be negative (a sum, a greatest or a latest
 * value): standard then gives a negative amount, as the formula says; the other models have no range or package below 0 and
 * give 0. Source: domain.md, section 6; rules/boxbilling.md, section 5.
 */
export function priceCharge(model: ChargeModel, units: Decimal): PricedCharge {
  switch (model.model) {
    case 'standard':
      return priceStandard(model, units)
    case 'graduated':
      return priceGraduated(model, units)
    case 'volume':
      return priceVolume(model, units)
    case 'package':
      return pricePackage(model, units)
    default:
      return assertNever(model)
  }
}

/** The fee of an exact amount: whole minor units, rounded once, half away from zero. */
export function chargeFee(amount: Decimal): bigint {
  return roundToMinor(amount)
}
