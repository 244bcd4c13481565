import fc from 'fast-check'
import {
  addCivilDays,
  addMinutes,
  civilDate,
  civilDaysBetween,
  epochMillis,
  instantOfMillis,
  startOfCivilDay,
} from './index'
import {
  anyZone,
  changesOfYear,
  dateByWatching,
  daysByWatching,
  firstShowing,
  wallClock,
  ZONES,
} from './slow-zone.fixture'
import { instantOfLocal, localTimeOf } from './timezone'
import { missingDays, offsetSecondsAt } from './zone-offset'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const atLocal = (local: string, timezone: string) => {
  const millis = Date.parse(`${local.replace(' ', 'T')}Z`)
  const day = Math.floor(millis / DAY_MS)
  return instantOfLocal({ day, micros: BigInt(millis - day * DAY_MS) * 1000n }, timezone)
}
const minuteOf = (millis: number) => Math.floor(millis / 60_000) * 60_000
const minutes = (from: number, to: number) =>
  fc.integer({ min: Date.UTC(from, 0, 1) / 60_000, max: Date.UTC(to, 0, 1) / 60_000 }).map((minute) => minute * 60_000)

describe('a local time', () => {
  it.each([
    ['that exists', '2026-06-11 10:00:00', 'Europe/Berlin', '2026-06-11T08:00:00.000Z'],
    ['in a gap is the first instant after it', '2026-03-29 02:30:00', 'Europe/Berlin', '2026-03-29T01:00:00.000Z'],
    ['at the start of a gap', '2026-03-29 02:00:00', 'Europe/Berlin', '2026-03-29T01:00:00.000Z'],
    ['right after a gap', '2026-03-29 03:00:00', 'Europe/Berlin', '2026-03-29T01:00:00.000Z'],
    ['that happens twice is its first', '2026-10-25 02:30:00', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
    ['after the two', '2026-10-25 03:00:00', 'Europe/Berlin', '2026-10-25T02:00:00.000Z'],
    ['in a gap of half an hour', '2026-10-04 02:15:00', 'Australia/Lord_Howe', '2026-10-03T15:30:00.000Z'],
    ['on a day that does not exist', '2011-12-30 10:00:00', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
    ['on the day before it', '2011-12-29 23:59:00', 'Pacific/Apia', '2011-12-30T09:59:00.000Z'],
    ['on the day after it', '2011-12-31 00:00:00', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
    ['of summer time within two months', '2010-08-14 12:00:00', 'Africa/Cairo', '2010-08-14T10:00:00.000Z'],
    ['more than ten years ahead', '2060-07-01 12:00:00', 'America/New_York', '2060-07-01T16:00:00.000Z'],
  ])('%s: %s in %s', (_, local, zone, instant) => expect(atLocal(local, zone)).toBe(instant))

  it('keeps its microseconds, but not into the end of a gap', () => {
    const berlin = 'Europe/Berlin'
    const local = localTimeOf('2026-06-11T08:00:00.123456Z', berlin)
    expect(instantOfLocal(local, berlin)).toBe('2026-06-11T08:00:00.123456Z')
    const inGap = { day: Date.UTC(2026, 2, 29) / DAY_MS, micros: 9_000_000_001n }
    expect(instantOfLocal(inGap, berlin)).toBe('2026-03-29T01:00:00.000Z')
  })

  it('is found as by watching the clock on the wall, at every change of every zone in a year', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1975, max: 2060 }),
        fc.infiniteStream(fc.integer({ min: -150, max: 150 })),
        (year, shifts) => {
          for (const zone of ZONES) {
            for (const change of changesOfYear(zone, year)) {
              const shift = (Number(shifts.next().value) * HOUR_MS) / 6
              const local = wallClock(zone, minuteOf(change + shift)).slice(0, 16) + ':00'
              expect({ zone, local, instant: atLocal(local, zone) }).toEqual({
                zone,
                local,
                instant: firstShowing(zone, local),
              })
            }
          }
        },
      ),
      { numRuns: 1 },
    )
  })

  it('of every kind, gaps among them, is found as by watching', () => {
    fc.assert(
      fc.property(anyZone, minutes(1975, 2100), (zone, millis) => {
        const local = new Date(millis).toISOString().slice(0, 19).replace('T', ' ')
        expect(atLocal(local, zone)).toBe(firstShowing(zone, local))
      }),
      { numRuns: 150 },
    )
  })

  it('in the gap of any zone is the first instant after it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1975, max: 2060 }), fc.infiniteStream(fc.nat(100)), (year, stream) => {
        for (const zone of ZONES) {
          for (const gap of gapsOfYear(zone, year)) {
            const inside = gap.from + Math.floor(((gap.to - gap.from) * Number(stream.next().value)) / 101)
            const local = new Date(minuteOf(inside)).toISOString().slice(0, 19).replace('T', ' ')
            const found = atLocal(local, zone)
            expect({ zone, local, instant: found }).toEqual({ zone, local, instant: instantOfMillis(gap.end) })
          }
        }
      }),
      { numRuns: 1 },
    )
  })
})

/** Gaps by halving the six hours before a change: from and to in local milliseconds, end the first instant after. */
function gapsOfYear(zone: string, year: number) {
  const local = (millis: number) => Date.parse(`${wallClock(zone, millis).replace(' ', 'T')}Z`)
  return changesOfYear(zone, year).flatMap((change) => {
    let [low, high] = [change - 6 * HOUR_MS, change]
    while (high - low > 1000) {
      const middle = low + Math.floor((high - low) / 2000) * 1000
      if (local(middle) - middle === local(low) - low) low = middle
      else high = middle
    }
    return local(high) - local(low) > 60_000 ? [{ from: local(low) + 1000, to: local(high), end: high }] : []
  })
}

describe('a civil day', () => {
  it.each([
    ['2026-03-01', 'Europe/Berlin', '2026-02-28T23:00:00.000Z'],
    ['2026-09-06', 'America/Santiago', '2026-09-06T04:00:00.000Z'],
    ['2011-12-30', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
    ['2011-12-31', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
    ['2009-11-01', 'America/St_Johns', '2009-11-01T02:30:00.000Z'],
  ])('%s in %s starts at %s', (date, zone, instant) => expect(startOfCivilDay(date, zone)).toBe(instant))

  it.each(['2026-02-30', '2026-2-1', '', '2026-01-01T00:00:00Z'])('%p is none', (date) =>
    expect(() => startOfCivilDay(date, 'UTC')).toThrow(RangeError),
  )

  it('that has begun is not left when clocks go back past midnight', () => {
    const zone = 'America/St_Johns'
    expect(
      [
        '2009-11-01T02:29:00.000Z',
        '2009-11-01T02:30:00.000Z',
        '2009-11-01T03:00:00.000Z',
        '2009-11-01T04:00:00.000Z',
      ].map((at) => civilDate(at, zone)),
    ).toEqual(['2009-10-31', '2009-11-01', '2009-11-01', '2009-11-01'])
  })

  it('holds the instants from its start to the next start', () => {
    fc.assert(
      fc.property(anyZone, minutes(1975, 2100), (zone, millis) => {
        const at = instantOfMillis(millis)
        const date = civilDate(at, zone)
        expect(date).toBe(dateByWatching(zone, at))
        expect(epochMillis(startOfCivilDay(date, zone))).toBeLessThanOrEqual(millis)
        expect(civilDate(startOfCivilDay(date, zone), zone)).toBe(date)
      }),
      { numRuns: 150 },
    )
  })
})

describe('counting civil days', () => {
  it('leaves out the days that a zone left out', () => {
    const dates = (zone: string) => missingDays(zone).map((day) => new Date(day * DAY_MS).toISOString().slice(0, 10))
    expect(dates('Pacific/Apia')).toEqual(['2011-12-30'])
    expect(dates('Pacific/Fakaofo')).toEqual(['2011-12-30'])
    expect(dates('Pacific/Kwajalein')).toEqual(['1993-08-21'])
    expect(dates('Pacific/Kiritimati')).toEqual(['1994-12-31'])
    expect(dates('Europe/Berlin')).toEqual([])
    expect(civilDaysBetween('2011-12-01T10:00:00.000Z', '2012-01-01T10:00:00.000Z', 'Pacific/Apia')).toBe(31)
    expect(civilDaysBetween('2011-12-30T09:00:00.000Z', '2011-12-30T11:00:00.000Z', 'Pacific/Apia')).toBe(1)
    expect(civilDaysBetween('2011-12-30T11:00:00.000Z', '2011-12-30T09:00:00.000Z', 'Pacific/Apia')).toBe(-1)
  })

  it('agrees with watching the days begin', () => {
    const around = fc.oneof(
      fc.tuple(anyZone, minutes(1975, 2100)),
      fc.tuple(
        fc.constantFrom('Pacific/Apia', 'Pacific/Fakaofo'),
        minutes(2011, 2012).map((at) => Math.max(at, Date.UTC(2011, 11, 1))),
      ),
      fc.tuple(
        fc.constant('Pacific/Kiritimati'),
        fc.integer({ min: 0, max: 30 * 1440 }).map((m) => Date.UTC(1994, 11, 10) + m * 60_000),
      ),
    )
    fc.assert(
      fc.property(around, fc.integer({ min: 0, max: 40 * 1440 }), ([zone, millis], length) => {
        const [a, b] = [instantOfMillis(millis), addMinutes(instantOfMillis(millis), length)]
        expect(civilDaysBetween(a, b, zone)).toBe(daysByWatching(zone, a, b))
        expect(civilDaysBetween(b, a, zone)).toBe(0 - civilDaysBetween(a, b, zone))
      }),
      { numRuns: 120 },
    )
  })
})

describe('the same local time n civil days later', () => {
  it.each([
    ['2026-03-28T01:30:00.000Z', 1, 'Europe/Berlin', '2026-03-29T01:00:00.000Z'],
    ['2026-03-28T09:00:00.000Z', 1, 'Europe/Berlin', '2026-03-29T08:00:00.000Z'],
    ['2026-10-24T00:30:00.000Z', 1, 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
    ['2026-01-31T10:00:00.000001Z', 14, 'UTC', '2026-02-14T10:00:00.000001Z'],
    ['2026-10-25T01:30:00.000Z', 0, 'Europe/Berlin', '2026-10-25T01:30:00.000Z'],
    ['2011-12-28T20:00:00.000Z', 3, 'Pacific/Apia', '2011-12-31T20:00:00.000Z'],
    ['2011-12-28T20:00:00.000Z', 1, 'Pacific/Apia', '2011-12-29T20:00:00.000Z'],
    ['2011-12-31T20:00:00.000Z', -3, 'Pacific/Apia', '2011-12-28T20:00:00.000Z'],
  ])('%s plus %d in %s is %s', (start, days, zone, end) => expect(addCivilDays(start, days, zone)).toBe(end))

  it('is n civil days away and shows the same time unless that does not exist', () => {
    fc.assert(
      fc.property(anyZone, minutes(1975, 2090), fc.integer({ min: -800, max: 800 }), (zone, millis, days) => {
        const start = instantOfMillis(millis)
        const shown = wallClock(zone, millis)
        fc.pre(shown.startsWith(civilDate(start, zone)))
        const end = addCivilDays(start, days, zone)
        expect(civilDaysBetween(start, end, zone)).toBe(days)
        const time = wallClock(zone, epochMillis(end)).slice(11)
        const changed =
          offsetSecondsAt(zone, epochMillis(end) / 1000 - 1) !== offsetSecondsAt(zone, epochMillis(end) / 1000)
        expect(changed || time === shown.slice(11)).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })
})
