import { type DecimalRefusal, type Refusal, refuse } from '@billstream/kernel'

/** Why properties of a charge are refused; each names its rule. */
export type ChargeRefusalCode =
  | DecimalRefusal
  /** The model exists but cannot be priced yet. */
  | 'not_available'
  | 'unknown_charge_model'
  | 'unknown_property'
  /** Two names of one thing hold different values. */
  | 'property_conflict'
  | 'negative_price'
  | 'negative_units'
  | 'package_size_not_positive'
  | 'ranges_not_a_list'
  | 'range_not_an_object'
  | 'too_many_ranges'
  | 'range_gap'
  | 'range_overlap'
  | 'range_bounds_not_rising'
  /** Only the last range may be open. */
  | 'range_open_before_last'
  /** The last range must be open. */
  | 'last_range_not_open'

export type ChargeRefusal = Refusal<ChargeRefusalCode>

/** Collects every refusal of one input, so that all invalid fields are reported together, each field once. */
export class ChargeRefusals {
  private readonly found: ChargeRefusal[] = []

  add(code: ChargeRefusalCode, message: string, field: string): void {
    if (this.found.every((refusal) => refusal.field !== field)) this.found.push(refuse(code, message, field).error)
  }

  get all(): readonly ChargeRefusal[] {
    return this.found
  }
}
