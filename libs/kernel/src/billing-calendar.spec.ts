import { type BillingCalendar, epochMillis, type IntervalUnit, isInPeriod, nthPeriod, periodAt } from './index'
import { wallClock } from './slow-zone.fixture'

const anniversary = (anchor: string, unit: IntervalUnit, timezone = 'UTC', count = 1): BillingCalendar => ({
  billingTime: 'anniversary',
  interval: { unit, count },
  anchor,
  timezone,
})
const onCalendar = (anchor: string, unit: IntervalUnit, timezone = 'UTC', count = 1): BillingCalendar => ({
  ...anniversary(anchor, unit, timezone, count),
  billingTime: 'calendar',
})
const starts = (calendar: BillingCalendar, from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => nthPeriod(calendar, from + index).start)
const localDates = (calendar: BillingCalendar, from: number, to: number) =>
  starts(calendar, from, to).map((start) => wallClock(calendar.timezone, epochMillis(start)))

describe('anniversary periods', () => {
  it('E15: start on 31 January and keep to it', () =>
    expect(starts(anniversary('2026-01-31T10:00:00.000Z', 'month'), 0, 4)).toEqual([
      '2026-01-31T10:00:00.000Z',
      '2026-02-28T10:00:00.000Z',
      '2026-03-31T10:00:00.000Z',
      '2026-04-30T10:00:00.000Z',
      '2026-05-31T10:00:00.000Z',
    ]))

  it.each([29, 30, 31])('that start on the %dth of a month are the same day or the last', (day) => {
    const calendar = anniversary(`2023-12-${day}T00:00:00.000Z`, 'month')
    const shown = starts(calendar, -24, 24).map((start) => Number(start.slice(8, 10)))
    const expected = starts(calendar, -24, 24).map((start) => {
      const [year, month] = start.split('-').map(Number)
      return Math.min(day, new Date(Date.UTC(year ?? 0, month ?? 0, 0)).getUTCDate())
    })
    expect(shown).toEqual(expected)
  })

  it('that start on a leap day are on 28 February in common years', () =>
    expect(starts(anniversary('2024-02-29T12:00:00.000Z', 'year'), -4, 4).map((start) => start.slice(0, 10))).toEqual([
      ...['2020-02-29', '2021-02-28', '2022-02-28', '2023-02-28'],
      ...['2024-02-29', '2025-02-28', '2026-02-28', '2027-02-28', '2028-02-29'],
    ]))

  it('know the years that are divisible by 100', () =>
    expect(nthPeriod(anniversary('2096-02-29T00:00:00.000Z', 'year'), 4).start).toBe('2100-02-28T00:00:00.000Z'))

  it('E15: begin every Wednesday at 10:00 local, also over a clock change', () =>
    expect(localDates(anniversary('2026-03-18T09:00:00.000Z', 'week', 'Europe/Berlin'), 0, 3)).toEqual([
      '2026-03-18 10:00:00',
      '2026-03-25 10:00:00',
      '2026-04-01 10:00:00',
      '2026-04-08 10:00:00',
    ]))

  it('begin after a gap and at the first of two equal times', () => {
    const berlin = anniversary('2026-01-29T01:30:00.000Z', 'month', 'Europe/Berlin')
    expect(nthPeriod(berlin, 2).start).toBe('2026-03-29T01:00:00.000Z')
    expect(nthPeriod(anniversary('2026-09-25T00:30:00.000Z', 'month', 'Europe/Berlin'), 1).start).toBe(
      '2026-10-25T00:30:00.000Z',
    )
  })

  it('begin at the anchor itself when that is the second of two equal times', () => {
    const second = anniversary('2026-10-25T01:30:00.000Z', 'day', 'Europe/Berlin')
    expect(nthPeriod(second, 0)).toEqual({ start: '2026-10-25T01:30:00.000Z', end: '2026-10-26T01:30:00.000Z' })
    expect(periodAt(second, '2026-10-25T01:00:00.000Z').end).toBe('2026-10-25T01:30:00.000Z')
  })

  it('of days leave out a day that does not exist', () =>
    expect(localDates(anniversary('2011-12-28T20:00:00.000Z', 'day', 'Pacific/Apia'), 0, 4)).toEqual([
      '2011-12-28 10:00:00',
      '2011-12-29 10:00:00',
      '2011-12-31 10:00:00',
      '2012-01-01 10:00:00',
      '2012-01-02 10:00:00',
    ]))

  it('of weeks and months that fall on a missing day begin with the next, and keep their day', () => {
    expect(localDates(anniversary('2011-12-23T20:00:00.000Z', 'week', 'Pacific/Apia'), 0, 2)).toEqual([
      '2011-12-23 10:00:00',
      '2011-12-31 00:00:00',
      '2012-01-06 10:00:00',
    ])
    expect(localDates(anniversary('2011-11-30T20:00:00.000Z', 'month', 'Pacific/Apia'), 0, 2)).toEqual([
      '2011-11-30 10:00:00',
      '2011-12-31 00:00:00',
      '2012-01-30 10:00:00',
    ])
  })

  it('of minutes ignore clocks and keep microseconds', () =>
    expect(nthPeriod(anniversary('2026-03-29T00:59:30.000001Z', 'minute', 'Europe/Berlin', 45), 1)).toEqual({
      start: '2026-03-29T01:44:30.000001Z',
      end: '2026-03-29T02:29:30.000001Z',
    }))

  it('of several units are counted from the anchor', () =>
    expect(
      starts(anniversary('2026-08-31T00:00:00.000Z', 'month', 'UTC', 6), 0, 2).map((start) => start.slice(0, 10)),
    ).toEqual(['2026-08-31', '2027-02-28', '2027-08-31']))
})

describe('calendar periods', () => {
  it.each<[IntervalUnit, string, string, string]>([
    ['day', 'Europe/Berlin', '2026-11-17 00:00:00', '2026-11-18 00:00:00'],
    ['week', 'Europe/Berlin', '2026-11-16 00:00:00', '2026-11-23 00:00:00'],
    ['month', 'Europe/Berlin', '2026-11-01 00:00:00', '2026-12-01 00:00:00'],
    ['quarter', 'Europe/Berlin', '2026-10-01 00:00:00', '2027-01-01 00:00:00'],
    ['year', 'Europe/Berlin', '2026-01-01 00:00:00', '2027-01-01 00:00:00'],
  ])('of a %s begin with it at midnight in %s: %s to %s', (unit, zone, start, end) => {
    const { start: from, end: to } = periodAt(
      onCalendar('2023-05-17T12:00:00.000Z', unit, zone),
      '2026-11-17T12:00:00.000Z',
    )
    expect([wallClock(zone, epochMillis(from)), wallClock(zone, epochMillis(to))]).toEqual([start, end])
  })

  it('hold the local date of an instant, not its date in UTC', () =>
    expect(
      periodAt(onCalendar('2026-01-01T00:00:00.000Z', 'month', 'Asia/Tokyo'), '2026-03-31T15:00:00.000Z').start,
    ).toBe('2026-03-31T15:00:00.000Z'))

  it('of several units are counted from the unit that holds the anchor', () => {
    const calendar = onCalendar('2026-05-17T12:00:00.000Z', 'month', 'UTC', 2)
    expect(periodAt(calendar, '2026-08-10T00:00:00.000Z')).toEqual({
      start: '2026-07-01T00:00:00.000Z',
      end: '2026-09-01T00:00:00.000Z',
    })
    expect(nthPeriod(calendar, 0).start).toBe('2026-05-01T00:00:00.000Z')
  })

  it('begin with the month that had begun, when clocks go back past its first midnight', () => {
    const calendar = onCalendar('2009-01-01T12:00:00.000Z', 'month', 'America/St_Johns')
    expect(periodAt(calendar, '2009-11-01T03:00:00.000Z').start).toBe('2009-11-01T02:30:00.000Z')
  })

  it('have no period for a day that does not exist', () => {
    const calendar = onCalendar('2011-12-01T12:00:00.000Z', 'day', 'Pacific/Apia')
    expect(periodAt(calendar, '2011-12-30T09:59:59.000Z')).toEqual({
      start: '2011-12-29T10:00:00.000Z',
      end: '2011-12-30T10:00:00.000Z',
    })
    expect(periodAt(calendar, '2011-12-30T10:00:00.000Z')).toEqual({
      start: '2011-12-30T10:00:00.000Z',
      end: '2011-12-31T10:00:00.000Z',
    })
  })
})

describe('a calendar', () => {
  it.each([0, -1, 1.5, Number.NaN])('throws on a count of %d', (count) =>
    expect(() =>
      periodAt(anniversary('2026-01-01T00:00:00.000Z', 'month', 'UTC', count), '2026-01-01T00:00:00.000Z'),
    ).toThrow(RangeError),
  )

  it('throws on a period that has no number and beyond the years that are taken', () => {
    const yearly = anniversary('2026-01-01T00:00:00.000Z', 'year')
    expect(() => nthPeriod(yearly, 0.5)).toThrow(RangeError)
    expect(() => nthPeriod(yearly, 9000)).toThrow(RangeError)
  })

  it('knows which instants a period holds', () => {
    const period = nthPeriod(anniversary('2026-01-01T00:00:00.000Z', 'month'), 0)
    const held = [period.start, '2026-01-31T23:59:59.999999Z', period.end, '2025-12-31T23:59:59.999Z']
    expect(held.map((instant) => isInPeriod(period, instant))).toEqual([true, true, false, false])
  })
})
