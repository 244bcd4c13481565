import { isLosslessNumber } from 'lossless-json'
import { writeJson } from '../json/write-json'
import {
  formatDecimal,
  isTimezone,
  numberText,
  parseCurrency,
  parseDecimal,
  parseInstant,
  parseMinor,
  withinMinorRange,
  writtenTimezone,
} from '@billstream/kernel'

/** How one value is read from its text: checked, and turned into the form that commands carry. */
export type ReadRule =
  | { readonly as: 'minor' | 'decimal' | 'integer'; readonly minimum?: number; readonly maximum?: number }
  | { readonly as: 'choice'; readonly values: readonly string[]; readonly notYet?: readonly string[] }
  | {
      readonly as: 'boolean' | 'instant' | 'currency' | 'timezone' | 'uuid' | 'email' | 'object' | 'jsonText' | 'notYet'
    }

export type ReadValue =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly type: string; readonly message: string }

type Bounds = { readonly minimum?: number; readonly maximum?: number }
type Choice = Extract<ReadRule, { as: 'choice' }>

/** Reads one value by its rule. Source: rules/boxbilling.md, section 2. */
export function readValue(value: unknown, rule: ReadRule): ReadValue {
  switch (rule.as) {
    case 'minor':
      return readMinor(value, rule.minimum)
    case 'decimal':
      return readDecimal(value, rule)
    case 'integer':
      return readInteger(value, rule)
    case 'choice':
      return readChoice(value, rule)
    default:
      return READERS[rule.as](value)
  }
}

type Plain = Exclude<ReadRule['as'], 'minor' | 'decimal' | 'integer' | 'choice'>

const READERS: Record<Plain, (value: unknown) => ReadValue> = {
  boolean: readBoolean,
  instant: (value) => resultOf(parseInstant(value), 'datetime_parsing'),
  currency: (value) => resultOf(parseCurrency(value), 'unknown_currency'),
  timezone: (value) =>
    isTimezone(value) ? read(writtenTimezone(value)) : refused('unknown_timezone', 'This is no IANA time zone.'),
  uuid: readUuid,
  email: readEmail,
  object: (value) => (isPlainObject(value) ? read(withPlainNumbers(value)) : notAnObject()),
  jsonText: (value) => (isPlainObject(value) ? read(writeJson(value)) : notAnObject()),
  notYet: (value) => (acts(value) ? refused('not_available', 'This is not available yet.') : read(value)),
}

/** Minor units as digits, at most 18; a fraction is refused. */
function readMinor(value: unknown, minimum: number | undefined): ReadValue {
  const amount = parseMinor(value)
  if (!amount.ok) return refused(amount.error.code, amount.error.message)
  const kept = withinMinorRange(amount.value)
  if (!kept.ok) return refused(kept.error.code, kept.error.message)
  if (minimum !== undefined && kept.value < BigInt(minimum)) return tooSmall(minimum)
  return read(kept.value.toString())
}

function readDecimal(value: unknown, { minimum, maximum }: Bounds): ReadValue {
  const number = parseDecimal(value)
  if (!number.ok) return refused(number.error.code, number.error.message)
  if (minimum !== undefined && number.value.lessThan(minimum)) return tooSmall(minimum)
  if (maximum !== undefined && number.value.greaterThan(maximum)) return tooGreat(maximum)
  return read(formatDecimal(number.value))
}

function readInteger(value: unknown, { minimum, maximum }: Bounds): ReadValue {
  const text = numberText(value)
  const number = text !== undefined && /^-?\d{1,15}(?:\.0+)?$/.test(text) ? Number(text) : undefined
  if (number === undefined) return refused('int_type', 'Input should be a valid integer')
  if (minimum !== undefined && number < minimum) return tooSmall(minimum)
  if (maximum !== undefined && number > maximum) return tooGreat(maximum)
  return read(number)
}

function readChoice(value: unknown, { values, notYet = [] }: Choice): ReadValue {
  if (typeof value !== 'string' || !values.includes(value)) {
    return refused('enum', `Input should be one of ${values.map((each) => `'${each}'`).join(', ')}`)
  }
  return notYet.includes(value) ? refused('not_available', `'${value}' is not available yet.`) : read(value)
}

function readBoolean(value: unknown): ReadValue {
  if (value === true || value === 'true') return read(true)
  if (value === false || value === 'false') return read(false)
  return refused('bool_type', 'Input should be a valid boolean')
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

function readUuid(value: unknown): ReadValue {
  return typeof value === 'string' && UUID.test(value)
    ? read(value.toLowerCase())
    : refused('uuid_parsing', 'Input should be a valid UUID')
}

const EMAIL_LENGTH_MAX = 254
const EMAIL = /^[^\s@"<>(),;:[\]\\]+@[^\s@"<>(),;:[\]\\.]+(?:\.[^\s@"<>(),;:[\]\\.]+)+$/

function readEmail(value: unknown): ReadValue {
  return typeof value === 'string' && value.length <= EMAIL_LENGTH_MAX && EMAIL.test(value)
    ? read(value)
    : refused('value_error', 'value is not a valid email address')
}

/** Whether a member that is not served yet would do something: an empty one, false or 0 would not. */
function acts(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === '') return false
  const number = numberText(value)
  if (number !== undefined && number !== '' && Number(number) === 0) return false
  if (Array.isArray(value)) return value.length > 0
  return !isPlainObject(value) || Object.keys(value).length > 0
}

/** An object, and not a number that kept its text. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isLosslessNumber(value)
}

/** Free members are kept as plain JSON: a number that a double would change is kept as its text. */
function withPlainNumbers(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (isLosslessNumber(value)) return value.value
  if (Array.isArray(value)) return value.map(withPlainNumbers)
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withPlainNumbers(member)]))
}

function notAnObject(): ReadValue {
  return refused('dict_type', 'Input should be an object')
}

function resultOf(
  result: { ok: true; value: unknown } | { ok: false; error: { message: string } },
  type: string,
): ReadValue {
  return result.ok ? read(result.value) : refused(type, result.error.message)
}

function tooSmall(minimum: number): ReadValue {
  return refused('greater_than_equal', `Input should be greater than or equal to ${minimum}`)
}

function tooGreat(maximum: number): ReadValue {
  return refused('less_than_equal', `Input should be less than or equal to ${maximum}`)
}

function read(value: unknown): ReadValue {
  return { ok: true, value }
}

function refused(type: string, message: string): ReadValue {
  return { ok: false, type, message }
}
