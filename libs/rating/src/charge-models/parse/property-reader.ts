import { Decimal, formatDecimal, numberText, parseDecimal } from '@billstream/kernel'
import { CHARGE_REFUSALS_MAX, type ChargeRefusalCode, type ChargeRefusals } from './charge-refusal'

/** What must hold of a number beyond being one. */
export interface NumberRule {
  readonly holds: (number: Decimal) => boolean
  readonly code: ChargeRefusalCode
  readonly message: string
}

export const PRICE: NumberRule = {
  holds: (number) => !number.isNegative(),
  code: 'negative_price',
  message: 'A price cannot be negative.',
}
export const UNITS: NumberRule = {
  holds: (number) => !number.isNegative(),
  code: 'negative_units',
  message: 'Units cannot be negative.',
}
export const PACKAGE_SIZE: NumberRule = {
  holds: (number) => number.greaterThan(0),
  code: 'package_size_not_positive',
  message: 'A package holds more than 0 units.',
}

/** Reads the members of one object of properties. An empty string, null and an absent member all mean "not given". */
export class PropertyReader {
  constructor(
    private readonly properties: Readonly<Record<string, unknown>>,
    private readonly path: string,
    private readonly refusals: ChargeRefusals,
  ) {}

  field(name: string): string {
    return `${this.path}.${name}`
  }

  /** A reader of an object inside this one; undefined, and refused, when it is none. */
  inner(name: string, value: unknown): PropertyReader | undefined {
    if (isObject(value)) return new PropertyReader(value, this.field(name), this.refusals)
    this.refuse('range_not_an_object', 'A range is an object.', name)
    return undefined
  }

  isRefused(name: string): boolean {
    return this.refusals.isRefused(this.field(name))
  }

  given(name: string): unknown {
    const value = Object.hasOwn(this.properties, name) ? this.properties[name] : undefined
    return value === '' || value === null ? undefined : value
  }

  refuse(code: ChargeRefusalCode, message: string, name: string): void {
    this.refusals.add(code, message, this.field(name))
  }

  refuseUnknownKeys(known: readonly string[]): void {
    const unknown = Object.keys(this.properties).filter((key) => !known.includes(key))
    for (const key of unknown.slice(0, CHARGE_REFUSALS_MAX))
      this.refuse('unknown_property', 'This model has no such property.', key)
  }

  /** The number of a member, undefined when it is not given or was refused. */
  number(name: string, rule: NumberRule): Decimal | undefined {
    const value = this.given(name)
    if (value === undefined) return undefined
    const number = parseDecimal(value)
    if (!number.ok) {
      this.refuse(number.error.code, number.error.message, name)
      return undefined
    }
    if (rule.holds(number.value)) return number.value
    this.refuse(rule.code, rule.message, name)
    return undefined
  }

  /** One number under two names; both given with different values are refused, naming the second. 0 when neither is given. */
  price(name: string, otherName: string): string {
    const [price, other] = [this.number(name, PRICE), this.number(otherName, PRICE)]
    if (price && other && !price.equals(other)) {
      this.refuse('property_conflict', `This differs from ${name}, which means the same.`, otherName)
    }
    return formatDecimal(price ?? other ?? new Decimal(0))
  }

  textOr<Fallback>(name: string, rule: NumberRule, fallback: Fallback): string | Fallback {
    const number = this.number(name, rule)
    return number === undefined ? fallback : formatDecimal(number)
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && numberText(value) === undefined
}
