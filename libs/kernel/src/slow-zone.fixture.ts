import fc from 'fast-check'
import { addSeconds, compareInstants, epochMillis, type Instant, instantOfMillis } from './index'

/** The slow, obvious way through a zone: it reads the clock on the wall minute by minute. For tests only. */

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const clocks = new Map<string, Intl.DateTimeFormat>()

export const ZONES = [...Intl.supportedValuesOf('timeZone'), 'UTC']
export const anyZone = fc.constantFrom(...ZONES)

/** `2026-03-29 02:30:00`: its order is the order of local times. */
export function wallClock(timezone: string, millis: number): string {
  let clock = clocks.get(timezone)
  if (!clock) {
    clock = new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short', timeStyle: 'medium' })
    clocks.set(timezone, clock)
  }
  return clock.format(millis)
}

/** The first instant at which the wall clock shows a local time or more, whole minutes. */
export function firstShowing(timezone: string, local: string): Instant {
  let millis = Date.parse(`${local.replace(' ', 'T')}Z`) - 16 * HOUR_MS
  while (wallClock(timezone, millis) < local) millis += MINUTE_MS
  return instantOfMillis(millis)
}

/** The greatest date that the wall clock has shown up to an instant: a day that has begun does not end by setting clocks back. */
export function dateByWatching(timezone: string, instant: Instant): string {
  let greatest = ''
  const end = epochMillis(instant)
  for (let millis = end - 26 * HOUR_MS; millis <= end; millis += MINUTE_MS) {
    const date = wallClock(timezone, millis).slice(0, 10)
    if (date > greatest) greatest = date
  }
  return greatest
}

/** The days that begin after a and until b, by asking every quarter of an hour. */
export function daysByWatching(timezone: string, a: Instant, b: Instant): number {
  const dates = new Set<string>()
  let greatest = dateByWatching(timezone, a)
  for (let at = a; compareInstants(at, b) <= 0; at = addSeconds(at, 900)) {
    const date = wallClock(timezone, epochMillis(at)).slice(0, 10)
    if (date > greatest) {
      greatest = date
      dates.add(date)
    }
  }
  const last = dateByWatching(timezone, b)
  if (last > greatest) dates.add(last)
  return dates.size
}

/** Instants around which a zone changed its offset in one year, to the next six hours. */
export function changesOfYear(timezone: string, year: number): readonly number[] {
  const offsetAt = (millis: number) => Date.parse(`${wallClock(timezone, millis).replace(' ', 'T')}Z`) - millis
  const changes: number[] = []
  let before = offsetAt(Date.UTC(year, 0, 1))
  for (let millis = Date.UTC(year, 0, 1); millis < Date.UTC(year + 1, 0, 1); millis += 6 * HOUR_MS) {
    const offset = offsetAt(millis)
    if (offset !== before) changes.push(millis)
    before = offset
  }
  return changes
}
