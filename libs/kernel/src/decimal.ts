import DecimalJs from 'decimal.js'
import { ok, refuse, type Result } from './result'

/**
 * Exact decimal arithmetic: never exponent notation in text, half away from zero wherever a method rounds.
 * 100 digits hold the product of two quantities (36 + 24 digits) and any sum of them exactly; the library's 20 would not.
 * Never call its own `div`: `divide` is the one division. Source: domain.md, section 2.
 */
export const Decimal = DecimalJs.clone({
  precision: 100,
  rounding: DecimalJs.ROUND_HALF_UP,
  toExpNeg: -9e15,
  toExpPos: 9e15,
  defaults: true,
})
export type Decimal = DecimalJs

/** Digits before the point of a unit price, rate or quantity. */
export const DECIMAL_INTEGER_DIGITS_MAX = 18
/** Places after the point of a unit price, rate or quantity; further ones are rounded away. */
export const DECIMAL_PLACES_MAX = 12
const NUMBER_TEXT_LENGTH_MAX = 1_000

export type DecimalRefusal = 'not_a_number' | 'number_out_of_range'

const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const ZERO = new Decimal(0)

/**
 * The exact text of a number as it was sent: a string, a number, a bigint, or a parsed JSON number that kept its text
 * (an object marked `isLosslessNumber` with a `value`). Anything else, an array or a boolean among them, gives undefined.
 */
export function numberText(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  if (typeof value !== 'object' || value === null) return undefined
  const kept = value as { isLosslessNumber?: unknown; value?: unknown }
  return kept.isLosslessNumber === true && typeof kept.value === 'string' ? kept.value : undefined
}

/**
 * Reads a number exactly, with all its places. Errors: `not_a_number` unless it is the text of a JSON number (so no blank,
 * no `+5`, `.5`, `0x10`, NaN, Infinity); `number_out_of_range` beyond 18 digits before the point.
 */
export function parseExactDecimal(value: unknown): Result<Decimal, DecimalRefusal> {
  const text = numberText(value)
  if (text === undefined || !JSON_NUMBER.test(text)) return refuse('not_a_number', 'This must be a number.')
  if (text.length > NUMBER_TEXT_LENGTH_MAX) return outOfRange()
  const number = new Decimal(text)
  if (!number.isFinite() || number.e >= DECIMAL_INTEGER_DIGITS_MAX) return outOfRange()
  return ok(number.isZero() ? ZERO : number)
}

/**
 * Reads a unit price, a rate or a quantity: a JSON number or a string that holds one, rounded to 12 places, half away from zero.
 * A JS number is read by its shortest text, so pass text (or a number that kept its text) wherever more than 15 significant
 * digits may come: a float has already lost them. Errors: `not_a_number`, `number_out_of_range` (more than 18 digits before
 * the point, such as 10^30). Source: domain.md, section 2.
 */
export function parseDecimal(value: unknown): Result<Decimal, DecimalRefusal> {
  const exact = parseExactDecimal(value)
  if (!exact.ok) return exact
  const rounded = exact.value.toDecimalPlaces(DECIMAL_PLACES_MAX)
  if (rounded.e >= DECIMAL_INTEGER_DIGITS_MAX) return outOfRange()
  return ok(rounded.isZero() ? ZERO : rounded)
}

/** A stored decimal, exactly as stored: sums may be longer than what can be sent. Throws TypeError on text that is no number. */
export function decimal(text: string | number | bigint): Decimal {
  const stored = numberText(text)
  if (stored === undefined || !JSON_NUMBER.test(stored)) throw new TypeError(`Not a stored decimal: ${String(text)}`)
  const number = new Decimal(stored)
  return number.isZero() ? ZERO : number
}

/** The one division: a / b rounded to 12 places, half away from zero. Throws RangeError when b is 0. */
export function divide(a: Decimal, b: Decimal): Decimal {
  if (b.isZero()) throw new RangeError('Division by zero: callers prove the divisor first.')
  return new Decimal(a).div(b).toDecimalPlaces(DECIMAL_PLACES_MAX)
}

/**
 * THE rounding of money: an exact amount in minor units becomes whole minor units, half away from zero, once, when it becomes
 * a fee. Not bounded: what is to be kept passes `withinMinorRange`. Source: domain.md, section 2.
 */
export function roundToMinor(amount: Decimal): bigint {
  return BigInt(amount.toDecimalPlaces(0, DecimalJs.ROUND_HALF_UP).toFixed())
}

/** Plain text without exponent: at least minPlaces (0) places; more than maxPlaces are rounded half away from zero. */
export function formatDecimal(number: Decimal, options: { minPlaces?: number; maxPlaces?: number } = {}): string {
  const { minPlaces = 0, maxPlaces } = options
  const rounded = maxPlaces === undefined ? number : number.toDecimalPlaces(maxPlaces, DecimalJs.ROUND_HALF_UP)
  const unsigned = rounded.isZero() ? ZERO : rounded
  return unsigned.toFixed(Math.max(minPlaces, unsigned.decimalPlaces()))
}

function outOfRange() {
  return refuse('number_out_of_range', `At most ${DECIMAL_INTEGER_DIGITS_MAX} digits may stand before the point.`)
}
