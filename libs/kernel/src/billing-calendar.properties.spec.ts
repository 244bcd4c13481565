import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import {
  addSeconds,
  type BillingCalendar,
  civilDate,
  compareInstants,
  daysOf,
  epochMicros,
  epochMillis,
  instantOfMicros,
  instantOfMillis,
  type Interval,
  type IntervalUnit,
  isInPeriod,
  nthPeriod,
  part,
  periodAfter,
  periodAt,
} from './index'
import { anyZone, firstShowing, wallClock, ZONES } from './slow-zone.fixture'

const millis = (from: number, to: number) => fc.integer({ min: Date.UTC(from, 0, 1), max: Date.UTC(to, 0, 1) })
const units: IntervalUnit[] = ['minute', 'day', 'week', 'month', 'quarter', 'year']
const anyInterval = fc.record({ unit: fc.constantFrom(...units), count: fc.integer({ min: 1, max: 5 }) })
const anchors = fc.oneof(
  millis(1975, 2060),
  // Ends of months and leap days are where arithmetic goes wrong.
  fc
    .tuple(
      fc.integer({ min: 1975, max: 2060 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 0, max: 86_399_999 }),
    )
    .map(([year, month, time]) => Date.UTC(year, month, 0) + time),
)
const anyCalendar = (zone: fc.Arbitrary<string>): fc.Arbitrary<BillingCalendar> =>
  fc.record({
    billingTime: fc.constantFrom('calendar', 'anniversary'),
    interval: anyInterval,
    anchor: fc.tuple(anchors, fc.integer({ min: 0, max: 999 })).map(([ms, us]) => addMicros(ms, us)),
    timezone: zone,
  })
/** Back to 1915 at most, five years a period. */
const numbers = fc.integer({ min: -12, max: 60 })
const addMicros = (ms: number, us: number) => instantOfMicros(epochMicros(instantOfMillis(ms)) + BigInt(us))

function expectTiles(calendar: BillingCalendar, instant: string, n: number): void {
  const period = periodAt(calendar, instant)
  expect({ calendar, instant, held: isInPeriod(period, instant) }).toEqual({ calendar, instant, held: true })
  expect(periodAt(calendar, period.start)).toEqual(period)
  expect(periodAt(calendar, lastMicro(period.end))).toEqual(period)
  const next = periodAfter(calendar, period)
  expect(next.start).toBe(period.end)
  const [nth, after] = [nthPeriod(calendar, n), nthPeriod(calendar, n + 1)]
  expect(nth.end).toBe(after.start)
  expect(compareInstants(nth.start, nth.end)).toBe(-1)
  expect(periodAt(calendar, nth.start)).toEqual(nth)
}
const lastMicro = (end: string) => instantOfMicros(epochMicros(end) - 1n)

const since1975 = (unit: IntervalUnit, timezone: string): BillingCalendar => ({
  billingTime: 'anniversary',
  interval: { unit, count: 1 },
  anchor: '1975-01-01T00:00:00.000Z',
  timezone,
})

describe('periods of any calendar', () => {
  it('tile all of time, in every zone', () => {
    fc.assert(
      fc.property(
        fc.infiniteStream(anyCalendar(fc.constant('UTC'))),
        fc.infiniteStream(millis(1975, 2090)),
        numbers,
        (calendars, at, n) => {
          for (const timezone of ZONES) {
            const calendar: BillingCalendar = { ...(calendars.next().value as BillingCalendar), timezone }
            expectTiles(calendar, instantOfMillis(Number(at.next().value)), n)
          }
        },
      ),
      { numRuns: 2 },
    )
  })

  it('tile time around a day that does not exist', () => {
    const zone = fc.constantFrom(
      'Pacific/Apia',
      'Pacific/Fakaofo',
      'Pacific/Kwajalein',
      'Pacific/Kiritimati',
      'Pacific/Enderbury',
    )
    const day = fc.constantFrom(Date.UTC(2011, 11, 30), Date.UTC(1993, 7, 20), Date.UTC(1994, 11, 31))
    const near = fc
      .tuple(day, fc.integer({ min: -3 * 86_400_000, max: 3 * 86_400_000 }))
      .map(([at, shift]) => instantOfMillis(at + shift))
    fc.assert(
      fc.property(anyCalendar(zone), near, numbers, (calendar, instant, n) => expectTiles(calendar, instant, n)),
      { numRuns: 300 },
    )
  })

  it('hold the anchor in the first', () => {
    fc.assert(
      fc.property(anyCalendar(anyZone), (calendar) => {
        const first = nthPeriod(calendar, 0)
        expect(isInPeriod(first, calendar.anchor)).toBe(true)
        if (calendar.billingTime === 'anniversary') expect(first.start).toBe(calendar.anchor)
      }),
      { numRuns: 300 },
    )
  })

  it('begin where counting by hand says', () => {
    const months = fc.record({
      unit: fc.constantFrom<IntervalUnit>('week', 'month', 'quarter', 'year'),
      count: fc.integer({ min: 1, max: 5 }),
    })
    const calendars = anyCalendar(anyZone).chain((calendar) => months.map((interval) => ({ ...calendar, interval })))
    fc.assert(
      fc.property(calendars, numbers, (calendar, n) => {
        fc.pre(n !== 0)
        // Before 1973 offsets had seconds, which watching a clock by the minute does not see.
        fc.pre(n > 0 || epochMillis(nthPeriod(calendar, n).start) > Date.UTC(1973, 0, 1))
        const minute = {
          ...calendar,
          anchor: instantOfMillis(Math.floor(epochMillis(calendar.anchor) / 60_000) * 60_000),
        }
        expect(nthPeriod(minute, n).start).toBe(startByHand(minute, n))
      }),
      { numRuns: 200 },
    )
  })

  it('are reached as quickly a million periods away as one', () => {
    const everyMinute = since1975('minute', 'UTC')
    expect(periodAt(everyMinute, '2099-12-31T23:59:30.000Z').start).toBe('2099-12-31T23:59:00.000Z')
    const daily = since1975('day', 'Pacific/Apia')
    expect(isInPeriod(periodAt(daily, '2099-12-31T23:59:30.000Z'), '2099-12-31T23:59:30.000Z')).toBe(true)
  })

  it('are billed exactly, however they are cut, in every zone', () => {
    const calendars = anyCalendar(anyZone).filter(({ interval }) => interval.unit !== 'minute')
    const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 5 })
    fc.assert(
      fc.property(
        calendars,
        millis(1975, 2090),
        cuts,
        fc.bigInt(-1_000_000n, 1_000_000n),
        (calendar, at, places, amount) => {
          const period = periodAt(calendar, instantOfMillis(at))
          const seconds = Number((epochMicros(period.end) - epochMicros(period.start)) / 1_000_000n)
          const inner = places
            .sort((a, b) => a - b)
            .map((place) => addSeconds(period.start, Math.floor(place * seconds)))
          const bounds = [period.start, ...inner, period.end]
          const shares = bounds
            .slice(1)
            .map((end, index) => daysOf(period, { start: bounds[index] ?? end, end }, calendar.timezone))
          expect(shares.reduce((sum, { from, to, of }) => sum + part(amount, from, to, of), 0n)).toBe(amount)
        },
      ),
      { numRuns: 300 },
    )
  })
})

/** Calendar arithmetic by another library, then the wall clock: first a day, then a time. */
function startByHand({ billingTime, interval, anchor, timezone }: BillingCalendar, n: number): string {
  const local =
    billingTime === 'anniversary'
      ? wallClock(timezone, epochMillis(anchor))
      : `${firstDayByHand(interval, civilDate(anchor, timezone))} 00:00:00`
  const step = {
    week: { weeks: 1 },
    month: { months: 1 },
    quarter: { months: 3 },
    year: { years: 1 },
    day: {},
    minute: {},
  }[interval.unit]
  const moved = Object.fromEntries(Object.entries(step).map(([name, size]) => [name, size * interval.count * n]))
  const day = Temporal.PlainDate.from(local.slice(0, 10)).add(moved, { overflow: 'constrain' })
  return firstShowing(timezone, `${day.toString()} ${local.slice(11)}`)
}

function firstDayByHand({ unit }: Interval, date: string): string {
  let day = Temporal.PlainDate.from(date)
  const begins = () =>
    unit === 'week'
      ? day.dayOfWeek === 1
      : day.day === 1 && (unit === 'month' || (unit === 'quarter' ? day.month % 3 === 1 : day.month === 1))
  while (!begins()) day = day.subtract({ days: 1 })
  return day.toString()
}
