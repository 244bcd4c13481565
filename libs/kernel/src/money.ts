import type { Currency } from './currency'
import { Decimal, parseExactDecimal, type DecimalRefusal } from './decimal'
import { ok, refuse, type Result } from './result'

/** minor: whole minor units of the currency (cents; yen). JSON carries it as a string of digits. */
export interface Money {
  readonly minor: bigint
  readonly currency: Currency
}

/** The greatest amount that is kept, in minor units: 18 digits. Source: domain.md, section 2. */
export const MINOR_MAX = 999_999_999_999_999_999n

/** An amount that may be kept. Error: `money_overflow` beyond 18 digits: refused, never wrapped. */
export function withinMinorRange(minor: bigint): Result<bigint, 'money_overflow'> {
  return minor > MINOR_MAX || minor < -MINOR_MAX
    ? refuse('money_overflow', 'An amount may have at most 18 digits.')
    : ok(minor)
}

/** Throws TypeError on two currencies: that is a bug, not a conversion. Error: `money_overflow`. */
export function addMoney(a: Money, b: Money): Result<Money, 'money_overflow'> {
  return money(a.minor + b.minor, sameCurrency(a, b))
}

/** a - b. Throws TypeError on two currencies. Error: `money_overflow`. */
export function subtractMoney(a: Money, b: Money): Result<Money, 'money_overflow'> {
  return money(a.minor - b.minor, sameCurrency(a, b))
}

export function negateMoney(a: Money): Money {
  return { minor: -a.minor, currency: a.currency }
}

/** Negative, 0 or positive, as a sort asks. Throws TypeError on two currencies. */
export function compareMoney(a: Money, b: Money): -1 | 0 | 1 {
  sameCurrency(a, b)
  return a.minor < b.minor ? -1 : a.minor > b.minor ? 1 : 0
}

/**
 * Reads whole minor units from a number or its text (`1000`, `"10.0000"`). Errors: `not_a_number`, `number_out_of_range`,
 * `fraction_of_minor_unit` (`"10.5"`). Source: rules/boxbilling.md, section 2.
 */
export function parseMinor(value: unknown): Result<bigint, DecimalRefusal | 'fraction_of_minor_unit'> {
  const number = parseExactDecimal(value)
  if (!number.ok) return number
  if (!number.value.isInteger()) {
    return refuse('fraction_of_minor_unit', 'An amount is a whole number of minor units.')
  }
  return ok(BigInt(number.value.toFixed()))
}

/** Minor units of a stored amount (`"1080"`, `"-5"`). Throws TypeError on anything else. */
export function minorOf(text: string): bigint {
  if (!/^-?\d+$/.test(text)) throw new TypeError(`Not a stored amount: ${text}`)
  return BigInt(text)
}

/** A whole amount as an exact decimal of minor units, to calculate with rates. */
export function decimalOfMinor(minor: bigint): Decimal {
  return new Decimal(minor.toString())
}

/**
 * Splits minor units over weights so that the parts add up to the total exactly: each part is its quota rounded down, and the
 * units that are left go to the largest remainders, ties to the first. A negative total is the mirror of the positive one.
 * Weights may be of both signs (credit lines on an invoice); when all are 0 the total is split evenly.
 * Throws RangeError when a total other than 0 has no weights, or weights that cancel out. Source: domain.md, section 2.
 */
export function splitByLargestRemainder(total: bigint, weights: readonly bigint[]): bigint[] {
  if (total < 0n) return splitByLargestRemainder(-total, weights).map((part) => -part)
  if (total === 0n) return weights.map(() => 0n)
  const { shares, whole } = positiveWhole(weights)
  const quotas = shares.map((share) => floorDivision(total * share, whole))
  const left = total - quotas.reduce((sum, { quotient }) => sum + quotient, 0n)
  const byRemainder = quotas.map((_, index) => index).sort((a, b) => descending(quotas, a, b))
  const lifted = new Set(byRemainder.slice(0, Number(left)))
  return quotas.map(({ quotient }, index) => (lifted.has(index) ? quotient + 1n : quotient))
}

function positiveWhole(weights: readonly bigint[]): { shares: readonly bigint[]; whole: bigint } {
  const shares = weights.every((weight) => weight === 0n) ? weights.map(() => 1n) : weights
  const whole = shares.reduce((sum, share) => sum + share, 0n)
  if (whole === 0n) throw new RangeError('An amount cannot be split over nothing.')
  return whole > 0n ? { shares, whole } : { shares: shares.map((share) => -share), whole: -whole }
}

function floorDivision(dividend: bigint, divisor: bigint): { quotient: bigint; remainder: bigint } {
  const remainder = ((dividend % divisor) + divisor) % divisor
  return { quotient: (dividend - remainder) / divisor, remainder }
}

function descending(quotas: readonly { remainder: bigint }[], a: number, b: number): number {
  const first = quotas[a]?.remainder ?? 0n
  const second = quotas[b]?.remainder ?? 0n
  return first === second ? a - b : first > second ? -1 : 1
}

function money(minor: bigint, currency: Currency): Result<Money, 'money_overflow'> {
  const kept = withinMinorRange(minor)
  return kept.ok ? ok({ minor: kept.value, currency }) : kept
}

function sameCurrency(a: Money, b: Money): Currency {
  if (a.currency !== b.currency) throw new TypeError(`Arithmetic over ${a.currency} and ${b.currency}.`)
  return a.currency
}
