import fc from 'fast-check'
import { decimal, daysOf, part, roundToMinor, secondsOf } from './index'

const day = (text: string) => `${text}T00:00:00.000Z`
const january = { start: day('2026-01-01'), end: day('2026-02-01') }
const november = { start: day('2026-11-01'), end: day('2026-12-01') }

describe('a part of an amount', () => {
  it.each([
    ['E14, E17', 3100n, 11, 31, 31, 2000n],
    ['E16 before', 3000n, 0, 19, 30, 1900n],
    ['E16 after', 3000n, 19, 30, 30, 1100n],
    ['E16 halves', 1005n, 0, 15, 30, 503n],
    ['E16 halves', 1005n, 15, 30, 30, 502n],
    ['E18', 3100n, 14, 31, 31, 1700n],
    ['E23 old', 3000n, 10, 31, 31, 2032n],
    ['E23 new', 4500n, 10, 31, 31, 3048n],
    ['E24', 1400n, 2, 7, 7, 1000n],
    ['nothing', 1000n, 5, 5, 30, 0n],
    ['a credit', -1005n, 0, 15, 30, -503n],
  ])('%s: %s, %d to %d of %d is %s', (_, amount, from, to, of, expected) =>
    expect(part(amount, from, to, of)).toBe(expected),
  )

  it('adds up to the amount over any cuts, each by a slow second way', () => {
    const cuts = fc
      .integer({ min: 1, max: 100_000 })
      .chain((of) => fc.tuple(fc.constant(of), fc.array(fc.integer({ min: 0, max: of }), { maxLength: 10 })))
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 18n), 10n ** 18n), cuts, (amount, [of, inner]) => {
        const bounds = [0, ...inner.sort((a, b) => a - b), of]
        const parts = bounds.slice(1).map((to, index) => part(amount, bounds[index] ?? 0, to, of))
        expect(parts.reduce((sum, each) => sum + each, 0n)).toBe(amount)
        const slow = (d: number) => roundToMinor(decimal(amount).times(d).div(of))
        expect(parts).toEqual(bounds.slice(1).map((to, index) => slow(to) - slow(bounds[index] ?? 0)))
      }),
    )
  })

  it.each([
    [0, 0, 0],
    [0, 1, -1],
    [-1, 1, 30],
    [0, 31, 30],
    [2, 1, 30],
    [0.5, 1, 30],
    [0, Number.NaN, 30],
  ])('throws on %d to %d of %d', (from, to, of) => expect(() => part(100n, from, to, of)).toThrow(RangeError))
})

describe('the days of a stretch', () => {
  it('give the day of a change to what comes after', () => {
    const change = '2026-11-20T15:00:00.000Z'
    expect(daysOf(november, { start: november.start, end: change }, 'UTC')).toEqual({ from: 0, to: 19, of: 30 })
    expect(daysOf(november, { start: change, end: november.end }, 'UTC')).toEqual({ from: 19, to: 30, of: 30 })
  })

  it('are civil days of the billing timezone', () => {
    const stretch = { start: '2026-11-19T23:30:00.000Z', end: november.end }
    const local = { start: '2026-10-31T23:00:00.000Z', end: '2026-11-30T23:00:00.000Z' }
    expect(daysOf(local, { ...stretch, end: local.end }, 'Europe/Berlin')).toEqual({ from: 19, to: 30, of: 30 })
    expect(daysOf(november, stretch, 'UTC')).toEqual({ from: 18, to: 30, of: 30 })
  })

  it('are the whole of a full period', () =>
    expect(daysOf(january, january, 'UTC')).toEqual({ from: 0, to: 31, of: 31 }))

  it('leave out a day that does not exist', () => {
    const december = { start: '2011-12-01T10:00:00.000Z', end: '2011-12-31T10:00:00.000Z' }
    expect(daysOf(december, december, 'Pacific/Apia').of).toBe(30)
  })

  it.each([
    [{ start: day('2025-12-31'), end: day('2026-01-05') }],
    [{ start: day('2026-01-05'), end: day('2026-02-02') }],
    [{ start: day('2026-01-06'), end: day('2026-01-05') }],
  ])('throw when %p is not inside', (stretch) => {
    expect(() => daysOf(january, stretch, 'UTC')).toThrow(RangeError)
    expect(() => secondsOf(january, stretch)).toThrow(RangeError)
  })
})

describe('the seconds of a stretch', () => {
  it('are whole seconds from the start of the period', () => {
    const period = { start: '2026-01-01T00:00:00.500Z', end: '2026-01-01T00:10:00.500Z' }
    const stretch = { start: '2026-01-01T00:02:00.499Z', end: period.end }
    expect(secondsOf(period, stretch)).toEqual({ from: 119, to: 600, of: 600 })
  })
})
