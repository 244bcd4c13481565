import type { Instant } from './clock'
import { epochMicros, instantOfMicros } from './instant'
import { firstInstantOfLocal, missingDays, offsetSecondsAt, SECONDS_PER_DAY, startOfDayNumber } from './zone-offset'

/** A civil day, `YYYY-MM-DD`. */
export type CivilDate = string

const IANA_NAME = /^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/
const MICROS_PER_SECOND = 1_000_000n

/** Whether this names an IANA zone (`Europe/Berlin`, `UTC`, `Etc/GMT+5`); an offset such as `+02:00` does not. */
export function isTimezone(name: unknown): name is string {
  if (typeof name !== 'string' || !IANA_NAME.test(name)) return false
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name })
    return true
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

/**
 * A known zone as its name is written, where only the case differs: `europe/berlin` is `Europe/Berlin`. Another name of the same
 * zone stays: platforms do not agree on which is the first. Throws RangeError on an unknown zone.
 */
export function writtenTimezone(name: string): string {
  const { timeZone } = new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions()
  return timeZone.toLowerCase() === name.toLowerCase() ? timeZone : name
}

/**
 * The civil day that holds an instant. A day begins at its first 00:00 and ends at the next day's, so an evening that clocks
 * set back past midnight repeat belongs to the day that had begun. Throws RangeError on an unknown zone.
 */
export function civilDate(instant: Instant, timezone: string): CivilDate {
  return civilDateOf(dayNumber(instant, timezone))
}

/**
 * The first instant of a civil day in a zone: 00:00, else the first instant after the gap (of a day that does not exist: the
 * first instant of the next day). Throws RangeError on a date that no calendar has.
 */
export function startOfCivilDay(date: CivilDate, timezone: string): Instant {
  return instantOfSeconds(startOfDayNumber(timezone, dayNumberOf(date)))
}

/**
 * The same local time n civil days later (n may be negative); days that do not exist are not counted. A local time that does
 * not exist is the first instant after the gap, one that happens twice its first. Source: domain.md, section 3.
 */
export function addCivilDays(instant: Instant, days: number, timezone: string): Instant {
  if (days === 0) return instant
  const local = localTimeOf(instant, timezone)
  return instantOfLocal({ ...local, day: addDayNumbers(local.day, days, timezone) }, timezone)
}

/** Civil days from a to b, as midnights crossed: 0 within one day, negative when b is before a. Source: domain.md, sections 3, 4. */
export function civilDaysBetween(a: Instant, b: Instant, timezone: string): number {
  const [from, to] = [dayNumber(a, timezone), dayNumber(b, timezone)]
  const [first, last] = from <= to ? [from, to] : [to, from]
  const missing = missingDays(timezone).filter((day) => day > first && day < last).length
  return from <= to ? last - first - missing : missing - (last - first)
}

/** A local time: day in days since 1970-01-01, micros since its midnight as clocks show it. */
export interface LocalTime {
  readonly day: number
  readonly micros: bigint
}

export function localTimeOf(instant: Instant, timezone: string): LocalTime {
  const micros = epochMicros(instant)
  const seconds = floorSeconds(micros)
  const local = seconds + offsetSecondsAt(timezone, seconds)
  const day = Math.floor(local / SECONDS_PER_DAY)
  const rest = micros - BigInt(seconds) * MICROS_PER_SECOND
  return { day, micros: BigInt(local - day * SECONDS_PER_DAY) * MICROS_PER_SECOND + rest }
}

export function instantOfLocal({ day, micros }: LocalTime, timezone: string): Instant {
  const seconds = micros / MICROS_PER_SECOND
  const found = firstInstantOfLocal(timezone, day * SECONDS_PER_DAY + Number(seconds))
  const rest = found.inGap ? 0n : micros - seconds * MICROS_PER_SECOND
  return instantOfMicros(BigInt(found.epochSeconds) * MICROS_PER_SECOND + rest)
}

/** Days since 1970-01-01 of the civil day that holds an instant. */
export function dayNumber(instant: Instant, timezone: string): number {
  const seconds = floorSeconds(epochMicros(instant))
  const shown = Math.floor((seconds + offsetSecondsAt(timezone, seconds)) / SECONDS_PER_DAY)
  return startOfDayNumber(timezone, shown + 1) <= seconds ? shown + 1 : shown
}

/** A day number moved by civil days that exist. */
export function addDayNumbers(day: number, days: number, timezone: string): number {
  const missing = missingDays(timezone)
  const step = days < 0 ? -1 : 1
  const passed = step > 0 ? missing.filter((gone) => gone > day) : missing.filter((gone) => gone < day).reverse()
  return passed.reduce((target, gone) => ((target - gone) * step >= 0 ? target + step : target), day + days)
}

function civilDateOf(day: number): CivilDate {
  return new Date(day * SECONDS_PER_DAY * 1000).toISOString().slice(0, 10)
}

function dayNumberOf(date: CivilDate): number {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(date)
  const millis = match ? Date.parse(`${date}T00:00:00Z`) : Number.NaN
  if (Number.isNaN(millis) || civilDateOf(millis / 1000 / SECONDS_PER_DAY) !== date) {
    throw new RangeError(`Not a civil date: ${date}`)
  }
  return millis / 1000 / SECONDS_PER_DAY
}

function instantOfSeconds(seconds: number): Instant {
  return instantOfMicros(BigInt(seconds) * MICROS_PER_SECOND)
}

function floorSeconds(micros: bigint): number {
  const seconds = micros / MICROS_PER_SECOND
  return Number(micros < 0n && seconds * MICROS_PER_SECOND !== micros ? seconds - 1n : seconds)
}
