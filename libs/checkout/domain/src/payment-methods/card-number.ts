import { numberText } from '@billstream/kernel'

const CARD_DIGITS_MIN = 13
const CARD_DIGITS_MAX = 19
const DEPTH_MAX = 32

const DIGIT_GROUPS = /\d+(?:[ -]\d+)*/g

/**
 * Whether any text, number or key inside the value holds a full card number: 13 to 19 digits, also in groups with blanks or
 * hyphens, that pass the Luhn check. Deeper than 32 levels counts as one: nobody can say what it hides.
 * Source: rules/boxbilling.md, section 12; ISO/IEC 7812-1.
 */
export function holdsCardNumber(value: unknown, depth = 0): boolean {
  if (depth > DEPTH_MAX) return true
  const text = numberText(value)
  if (text !== undefined) return textHoldsCardNumber(text)
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(([key, member]) => textHoldsCardNumber(key) || holdsCardNumber(member, depth + 1))
}

function textHoldsCardNumber(text: string): boolean {
  return (text.match(DIGIT_GROUPS) ?? []).some((run) => groupsHoldCardNumber(run.split(/[ -]/)))
}

/** Any sequence of whole groups: what stands before or after the number (an expiry date) must not hide it. */
function groupsHoldCardNumber(groups: readonly string[]): boolean {
  return groups.some((_, first) => {
    let digits = ''
    for (const group of groups.slice(first)) {
      digits += group
      if (digits.length > CARD_DIGITS_MAX) return false
      if (digits.length >= CARD_DIGITS_MIN && passesLuhn(digits)) return true
    }
    return false
  })
}

function passesLuhn(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, index) => total + luhnValue(Number(digit), index), 0)
  return sum % 10 === 0
}

function luhnValue(digit: number, index: number): number {
  if (index % 2 === 0) return digit
  return digit > 4 ? digit * 2 - 9 : digit * 2
}
