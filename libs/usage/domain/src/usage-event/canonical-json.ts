import { numberText } from '@billstream/kernel'

/**
 * One text for all JSON of equal content: members by name, numbers by value (5, 5.0 and 50e-1 are one, "5" is another).
 * value: as a JSON parser gives it, numbers plain or with their text kept. The form is stored as a hash for ever: it must not
 * change. Source: domain.md, section 5.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  const number = isPlainObject(value) ? undefined : numberText(value)
  if (number !== undefined) return canonicalNumber(number)
  const members = Object.entries(value as Record<string, unknown>).filter(([, member]) => member !== undefined)
  members.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`
}

/** An object that was sent, which may look like a number that kept its text, but is none. */
export function isPlainObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

const JSON_NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/

/** Significant digits and the power of ten behind them, so that 1e400000000 is short too. */
function canonicalNumber(text: string): string {
  const match = JSON_NUMBER.exec(text)
  if (!match) throw new TypeError(`Not a JSON number: ${text}`)
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  const significant = withoutTrailingZeros(digits)
  if (significant === '') return '0'
  const power = BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - significant.length)
  return power === 0n ? `${sign}${significant}` : `${sign}${significant}e${power}`
}

/** A loop, because /0+$/ takes quadratic time over zeros that do not end the text. */
function withoutTrailingZeros(digits: string): string {
  let end = digits.length
  while (end > 0 && digits[end - 1] === '0') end -= 1
  return digits.slice(0, end)
}
