import type { Instant } from './clock'
import { ok, refuse, type Result } from './result'

/** The first and the last instant that are taken: a year has four digits, and zones are known from 1900. */
export const INSTANT_MIN: Instant = '1900-01-01T00:00:00.000Z'
export const INSTANT_MAX: Instant = '9999-12-31T23:59:59.999999Z'

const MICROS_PER_MILLI = 1_000n
const MICROS_PER_SECOND = 1_000_000n
const ISO_8601 = /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(Z|z|[+-]\d\d(?::?\d\d)?)?)?$/
const CANONICAL_MILLIS_LENGTH = 24
const CANONICAL_MICROS_LENGTH = 27
const CANONICAL_MILLIS = '0000-00-00T00:00:00.000Z'
const YEAR_MIN = 1900
const [ZERO, NINE] = [48, 57]

/**
 * Reads ISO 8601 (a date, or a date and a time with or without seconds; without a zone it is UTC) into the canonical form:
 * `YYYY-MM-DDTHH:mm:ss.mmmZ`, with six digits only where there are microseconds. Digits after the sixth are cut.
 * Error: `invalid_instant`, also for a day or a time that no calendar has, and for years before 1900.
 * Source: domain.md, sections 3 and 5; rules/boxbilling.md, section 2.
 */
export function parseInstant(text: unknown): Result<Instant, 'invalid_instant'> {
  if (typeof text === 'string' && canonicalMillis(text) !== undefined) return ok(text)
  const micros = typeof text === 'string' ? readMicros(text) : undefined
  if (micros === undefined || !inRange(micros)) {
    return refuse('invalid_instant', 'This must be a time in ISO 8601, such as 2026-01-31T12:00:00Z.')
  }
  return ok(instantOfMicros(micros))
}

/** Microseconds since 1970 in UTC. Throws RangeError on text that is no instant. */
export function epochMicros(instant: Instant): bigint {
  const millis = canonicalMillis(instant)
  if (millis !== undefined) return BigInt(millis) * MICROS_PER_MILLI
  const micros = readMicros(instant)
  if (micros === undefined) throw new RangeError(`Not an instant: ${instant}`)
  return micros
}

/** Whole milliseconds since 1970 in UTC; microseconds are cut towards the past. Throws RangeError on text that is no instant. */
export function epochMillis(instant: Instant): number {
  return canonicalMillis(instant) ?? Number(floorTo(epochMicros(instant), MICROS_PER_MILLI))
}

/** Negative, 0 or positive, as a sort asks. Text order would be wrong: `.000Z` sorts after `.000001Z`. */
export function compareInstants(a: Instant, b: Instant): -1 | 0 | 1 {
  if (a === b) return 0
  if (a.length === b.length && isCanonical(a) && isCanonical(b)) return a < b ? -1 : 1
  const [first, second] =
    isCanonical(a) && isCanonical(b) ? [inMicros(a), inMicros(b)] : [epochMicros(a), epochMicros(b)]
  return first < second ? -1 : first > second ? 1 : 0
}

/** The canonical instant of microseconds since 1970. Throws RangeError outside 1900 to 9999. */
export function instantOfMicros(micros: bigint): Instant {
  if (!inRange(micros)) throw new RangeError(`Not between the years 1900 and 9999: ${micros} microseconds.`)
  const millis = floorTo(micros, MICROS_PER_MILLI)
  const text = new Date(Number(millis)).toISOString()
  const rest = micros - millis * MICROS_PER_MILLI
  return rest === 0n ? text : `${text.slice(0, -1)}${rest.toString().padStart(3, '0')}Z`
}

/** The canonical instant of whole milliseconds since 1970. Throws RangeError outside 1900 to 9999. */
export function instantOfMillis(millis: number): Instant {
  return instantOfMicros(BigInt(millis) * MICROS_PER_MILLI)
}

/** seconds: whole, may be negative. Throws RangeError when the result is outside 1900 to 9999. */
export function addSeconds(instant: Instant, seconds: number | bigint): Instant {
  return instantOfMicros(epochMicros(instant) + BigInt(seconds) * MICROS_PER_SECOND)
}

/** minutes: whole, may be negative. Throws RangeError when the result is outside 1900 to 9999. */
export function addMinutes(instant: Instant, minutes: number | bigint): Instant {
  return addSeconds(instant, BigInt(minutes) * 60n)
}

/** Of an instant in the canonical form with milliseconds, as nearly all are, at a tenth of the pattern's cost. undefined for any other. */
function canonicalMillis(text: string): number | undefined {
  if (!hasShape(text, CANONICAL_MILLIS)) return undefined
  const [year, month, day] = [digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10)]
  const second = secondsOfDay([digits(text, 11, 13), digits(text, 14, 16), digits(text, 17, 19)])
  if (year < YEAR_MIN || !isDay([year, month, day]) || second === undefined) return undefined
  return Date.UTC(year, month - 1, day) + second * 1000 + digits(text, 20, 23)
}

/** shape: 0 stands for any digit. */
function hasShape(text: string, shape: string): boolean {
  if (text.length !== shape.length) return false
  for (let index = 0; index < shape.length; index += 1) {
    const [code, wanted] = [text.charCodeAt(index), shape.charCodeAt(index)]
    if (wanted === ZERO ? code < ZERO || code > NINE : code !== wanted) return false
  }
  return true
}

function digits(text: string, from: number, to: number): number {
  let number = 0
  for (let index = from; index < to; index += 1) number = number * 10 + text.charCodeAt(index) - ZERO
  return number
}

function readMicros(text: string): bigint | undefined {
  const match = ISO_8601.exec(text)
  if (!match) return undefined
  const [date, time] = [
    match.slice(1, 4).map(Number) as ThreeNumbers,
    match.slice(4, 7).map(numberOrZero) as ThreeNumbers,
  ]
  const [midnight, secondOfDay, offset] = [midnightMillis(date), secondsOfDay(time), offsetMinutes(match[8])]
  if (midnight === undefined || secondOfDay === undefined || offset === undefined) return undefined
  const seconds = midnight / 1000 + secondOfDay - offset * 60
  return BigInt(seconds) * MICROS_PER_SECOND + BigInt((match[7] ?? '').slice(0, 6).padEnd(6, '0'))
}

type ThreeNumbers = [number, number, number]

/** A part that was not written is 0. */
function numberOrZero(part: string | undefined): number {
  return Number(part ?? 0)
}

function midnightMillis(date: ThreeNumbers): number | undefined {
  const [year, month, day] = date
  // Not Date.UTC, which takes the years 0 to 99 for those after 1900.
  return isDay(date) ? new Date(0).setUTCFullYear(year, month - 1, day) : undefined
}

function isDay([year, month, day]: ThreeNumbers): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= daysOfMonth(year, month)
}

function daysOfMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

function secondsOfDay([hour, minute, second]: ThreeNumbers): number | undefined {
  return hour <= 23 && minute <= 59 && second <= 59 ? (hour * 60 + minute) * 60 + second : undefined
}

function offsetMinutes(zone: string | undefined): number | undefined {
  if (zone === undefined || zone === 'Z' || zone === 'z') return 0
  const digits = zone.slice(1).replace(':', '')
  const [hours, minutes] = [Number(digits.slice(0, 2)), Number(digits.slice(2) || 0)]
  if (hours > 23 || minutes > 59) return undefined
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes)
}

function isCanonical(instant: Instant): boolean {
  const length = instant.length === CANONICAL_MILLIS_LENGTH || instant.length === CANONICAL_MICROS_LENGTH
  return length && instant[10] === 'T' && instant[19] === '.' && instant.endsWith('Z')
}

function inMicros(canonical: Instant): string {
  return canonical.length === CANONICAL_MILLIS_LENGTH ? `${canonical.slice(0, -1)}000` : canonical.slice(0, -1)
}

function floorTo(micros: bigint, unit: bigint): bigint {
  const quotient = micros / unit
  return micros < 0n && quotient * unit !== micros ? quotient - 1n : quotient
}

const MICROS_MIN = epochMicros(INSTANT_MIN)
const MICROS_MAX = epochMicros(INSTANT_MAX)

function inRange(micros: bigint): boolean {
  return micros >= MICROS_MIN && micros <= MICROS_MAX
}
