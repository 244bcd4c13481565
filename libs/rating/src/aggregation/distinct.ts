import { formatDecimal, parseExactDecimal } from '@billstream/kernel'

/**
 * The canonical JSON of a value that unique_count counts: strings, numbers by value (5 is 5.0, but not "5") and booleans.
 * Undefined for anything else, and for numbers of more than 18 digits before the point. Source: domain.md, section 5.
 */
export function distinctOf(value: unknown): string | undefined {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'boolean') return String(value)
  const number = parseExactDecimal(value)
  return number.ok ? formatDecimal(number.value) : undefined
}
