import type { Decimal } from '@billstream/kernel'

/** upTo: the range's last unit, null for no end. Prices in minor units; all decimals as text. */
export interface PriceRange {
  readonly upTo: string | null
  readonly unitPrice: string
  readonly flatAmount: string
}

/** Units times price, then the least and the greatest amount of the line; null without one. The least is due at 0 units too. */
export interface StandardCharge {
  readonly model: 'standard'
  readonly unitPrice: string
  readonly minAmount: string | null
  readonly maxAmount: string | null
}

/** Each range (previous upTo, upTo] prices its own part of the units. Rising, the last one open. */
export interface GraduatedCharge {
  readonly model: 'graduated'
  readonly ranges: readonly PriceRange[]
}

/** The range that holds the units prices all of them. Rising, the last one open. */
export interface VolumeCharge {
  readonly model: 'volume'
  readonly ranges: readonly PriceRange[]
}

/** Whole packages of `size` units (> 0) beyond the free ones. packagePrice: of one package. */
export interface PackageCharge {
  readonly model: 'package'
  readonly packagePrice: string
  readonly size: string
  readonly freeUnits: string
}

/** How usage is priced, in the core's one form; safe to store as JSON. Source: domain.md, section 6. */
export type ChargeModel = StandardCharge | GraduatedCharge | VolumeCharge | PackageCharge

/** units at unitPrice within (from, to], plus flatAmount; `to` is null without an end. */
export interface UnitsStep {
  readonly kind: 'units'
  readonly from: string
  readonly to: string | null
  readonly units: string
  readonly unitPrice: string
  readonly flatAmount: string
  readonly amount: string
}

/** Whole packages begun, after the free units. */
export interface PackagesStep {
  readonly kind: 'packages'
  readonly freeUnits: string
  readonly size: string
  readonly packages: string
  readonly packagePrice: string
  readonly amount: string
}

/** What lifts the line to its least amount or, negative, lowers it to its greatest. */
export interface LimitStep {
  readonly kind: 'minimum' | 'maximum'
  readonly limit: string
  readonly amount: string
}

/** One line of the explanation, decimals as text. The amounts of all steps add up to the amount of the charge. */
export type PriceStep = UnitsStep | PackagesStep | LimitStep

/** amount: exact, in minor units. unitAmount: the price (standard), else amount / units to 12 places, 0 at 0 units. */
export interface PricedCharge {
  readonly amount: Decimal
  readonly unitAmount: Decimal
  readonly steps: readonly PriceStep[]
}
