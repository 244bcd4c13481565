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

/** So many invalid fields are told at once; a body full of unknown keys must not become an answer as long as itself. */
export const CHARGE_REFUSALS_MAX = 100

/** Collects the refusals of one input, so that invalid fields are reported together, each field once, up to a bound. */
export class ChargeRefusals {
  private readonly found: ChargeRefusal[] = []
  private readonly fields = new Set<string>()

  add(code: ChargeRefusalCode, message: string, field: string): void {
    if (!this.fields.has(field) && this.found.length < CHARGE_REFUSALS_MAX) {
      this.found.push(refuse(code, message, field).error)
    }
    this.fields.add(field)
  }

  isRefused(field: string): boolean {
    return this.fields.has(field)
  }

  get all(): readonly ChargeRefusal[] {
    return this.found
  }
}
