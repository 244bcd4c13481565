/**
 * Offsets of IANA zones, asked of the platform's own time zone data (Intl). The Temporal polyfill is not used for them: it
 * freezes offsets some ten years ahead and misses transitions less than two months apart (Africa/Casablanca every year).
 */

export const SECONDS_PER_DAY = 86_400
/** Formatters are heavy, so only this many zones are kept; a further one replaces the oldest. */
const ZONES_KEPT_MAX = 500
/** No offset since 1900 is beyond 16 hours, so a local time lies within this distance of itself read as UTC. */
const OFFSET_SECONDS_MAX = 16 * 3600

interface Zone {
  readonly format: Intl.DateTimeFormat
  missingDays: readonly number[] | undefined
}

const zones = new Map<string, Zone>()

/**
 * A zone's offset at an instant, in seconds, positive east of Greenwich. epochSeconds: whole seconds since 1970, UTC.
 * Throws RangeError on an unknown zone.
 */
export function offsetSecondsAt(timezone: string, epochSeconds: number): number {
  const text = zoneOf(timezone).format.format(epochSeconds * 1000)
  const [month, day, year, hour, minute, second] = (text.match(/\d+/g) ?? []).map(Number) as DateTimeNumbers
  return Date.UTC(year, month - 1, day, hour, minute, second) / 1000 - epochSeconds
}

type DateTimeNumbers = [number, number, number, number, number, number]

/**
 * The first instant at which a zone's clocks show a local time. localSeconds: the local time read as if it were UTC, in seconds
 * since 1970. One that does not exist gives the first instant after the gap (`inGap`), one that happens twice its first.
 * Source: domain.md, section 3.
 */
export function firstInstantOfLocal(timezone: string, localSeconds: number): { epochSeconds: number; inGap: boolean } {
  const low = localSeconds - OFFSET_SECONDS_MAX
  const high = localSeconds + OFFSET_SECONDS_MAX
  const before = offsetSecondsAt(timezone, low)
  const after = offsetSecondsAt(timezone, high)
  if (before === after) return { epochSeconds: localSeconds - before, inGap: false }
  const transition = transitionBetween(timezone, low, high)
  if (localSeconds - before < transition) return { epochSeconds: localSeconds - before, inGap: false }
  const later = localSeconds - after
  return later < transition ? { epochSeconds: transition, inGap: true } : { epochSeconds: later, inGap: false }
}

/** The first instant of a civil day (days since 1970-01-01); of one that does not exist, the first of the next. */
export function startOfDayNumber(timezone: string, day: number): number {
  return firstInstantOfLocal(timezone, day * SECONDS_PER_DAY).epochSeconds
}

/** The civil days that a zone left out (Pacific/Apia 2011-12-30), as days since 1970-01-01, ascending. */
export function missingDays(timezone: string): readonly number[] {
  const zone = zoneOf(timezone)
  return (zone.missingDays ??= findMissingDays(timezone))
}

function zoneOf(timezone: string): Zone {
  const kept = zones.get(timezone)
  if (kept) return kept
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  const oldest = zones.size >= ZONES_KEPT_MAX ? zones.keys().next().value : undefined
  if (oldest !== undefined) zones.delete(oldest)
  const zone: Zone = { format, missingDays: undefined }
  zones.set(timezone, zone)
  return zone
}

/** The first second with the new offset, by halving: 17 questions for 32 hours. */
function transitionBetween(timezone: string, low: number, high: number): number {
  const before = offsetSecondsAt(timezone, low)
  let [old, changed] = [low, high]
  while (changed - old > 1) {
    const middle = Math.floor((old + changed) / 2)
    if (offsetSecondsAt(timezone, middle) === before) old = middle
    else changed = middle
  }
  return changed
}

/**
 * A day is left out only where a zone crosses the date line, and then its offset differs by about a day between two new years.
 * Only such a year is searched day by day. Time zone data announce no such change beyond the next few years.
 */
function findMissingDays(timezone: string): readonly number[] {
  const missing: number[] = []
  const newYear = (year: number) => Date.UTC(year, 0, 1) / 1000
  let previous = offsetSecondsAt(timezone, newYear(1900))
  for (let year = 1900; year < 2100; year += 1) {
    const next = offsetSecondsAt(timezone, newYear(year + 1))
    if (next - previous > SECONDS_PER_DAY / 2)
      missing.push(...missingDaysOfYear(timezone, newYear(year), newYear(year + 1)))
    previous = next
  }
  return missing
}

function missingDaysOfYear(timezone: string, start: number, end: number): number[] {
  const first = start / SECONDS_PER_DAY
  const days = Array.from({ length: (end - start) / SECONDS_PER_DAY + 1 }, (_, index) => first + index)
  return days.filter((day) => startOfDayNumber(timezone, day) === startOfDayNumber(timezone, day + 1))
}
