import { civilDate, isTimezone, writtenTimezone } from './index'
import { ZONES } from './slow-zone.fixture'
import { offsetSecondsAt } from './zone-offset'

describe('a zone', () => {
  it.each(['UTC', 'Europe/Berlin', 'Etc/GMT+5', 'America/Argentina/Buenos_Aires', 'EST5EDT', 'Asia/Kolkata'])(
    '%s is known',
    (name) => expect(isTimezone(name)).toBe(true),
  )

  it.each([
    '',
    'Europe/Nowhere',
    '+02:00',
    '-05',
    'UTC+1',
    'Berlin',
    ' UTC',
    'Europe/Berlin ',
    'x'.repeat(200),
    null,
    5,
  ])('%p is none', (name) => expect(isTimezone(name)).toBe(false))

  it('is known when the platform lists it', () => expect(ZONES.filter((zone) => !isTimezone(zone))).toEqual([]))

  it.each([
    ['europe/berlin', 'Europe/Berlin'],
    ['AMERICA/NEW_YORK', 'America/New_York'],
    ['utc', 'UTC'],
    ['Europe/Berlin', 'Europe/Berlin'],
    ['Asia/Kolkata', 'Asia/Kolkata'],
    ['Asia/Calcutta', 'Asia/Calcutta'],
    ['US/Pacific', 'US/Pacific'],
  ])('%s is written %s', (name, written) => expect(writtenTimezone(name)).toBe(written))

  it('is written as the platform lists it', () =>
    expect(ZONES.map((zone) => writtenTimezone(zone.toLowerCase()))).toEqual(ZONES))

  it('is refused by a RangeError where it is unknown', () =>
    expect(() => civilDate('2026-01-01T00:00:00.000Z', 'Europe/Nowhere')).toThrow(RangeError))

  it('stays right when more zones are asked than are kept', () => {
    const names = Array.from({ length: 600 }, (_, index) =>
      [...'europe/berlin'].map((letter, at) => ((index >> at) & 1 ? letter.toUpperCase() : letter)).join(''),
    )
    for (const name of names) expect(offsetSecondsAt(name, Date.UTC(2026, 6, 1) / 1000)).toBe(7200)
  })
})
