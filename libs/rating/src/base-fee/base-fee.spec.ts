import { addSeconds, epochMillis, nthPeriod, periodAt } from '@billstream/kernel'
import fc from 'fast-check'
import { baseFee } from '../index'

const day = (text: string) => `${text}T00:00:00.000Z`
const period = { start: day('2026-01-01'), end: day('2026-02-01') }
const june = { start: day('2026-06-01'), end: day('2026-07-01') }
const monthly = (amount: bigint, full: typeof period, stretch: typeof period) =>
  baseFee({ amount, unit: 'month', period: full, stretch, timezone: 'UTC' })

describe('the base fee', () => {
  it('of a full period is its amount', () =>
    expect(monthly(3100n, period, period)).toEqual({
      amount: 3100n,
      days: 31,
      ofDays: 31,
      from: 0,
      to: 31,
      countedIn: 'days',
    }))

  it('E17: of a period that starts on 12 January is 20 of 31 days', () =>
    expect(monthly(3100n, period, { start: '2026-01-12T15:00:00.000Z', end: period.end })).toEqual({
      amount: 2000n,
      days: 20,
      ofDays: 31,
      from: 11,
      to: 31,
      countedIn: 'days',
    }))

  it('E18: after a trial of 14 days is 17 of 31 days', () =>
    expect(monthly(3100n, period, { start: day('2026-01-15'), end: period.end }).amount).toBe(1700n))

  it('E16: before and after a change add up', () => {
    const change = '2026-11-20T15:00:00.000Z'
    const november = { start: day('2026-11-01'), end: day('2026-12-01') }
    expect(monthly(3000n, november, { start: november.start, end: change }).amount).toBe(1900n)
    expect(monthly(3000n, november, { start: change, end: november.end }).amount).toBe(1100n)
  })

  it('E20: of a month in arrears that ends on 11 June is 10 of 30 days', () =>
    expect(monthly(3000n, june, { start: june.start, end: '2026-06-11T09:00:00.000Z' }).amount).toBe(1000n))

  it('of nothing is nothing', () =>
    expect(monthly(3000n, june, { start: june.start, end: june.start }).amount).toBe(0n))

  it('of an interval in minutes is counted in seconds', () => {
    const calendar = {
      billingTime: 'anniversary',
      interval: { unit: 'minute', count: 10 },
      anchor: day('2026-01-01'),
      timezone: 'UTC',
    } as const
    const full = nthPeriod(calendar, 0)
    const stretch = { start: addSeconds(full.start, 150), end: full.end }
    expect(baseFee({ amount: 1000n, unit: 'minute', period: full, stretch, timezone: 'UTC' })).toEqual({
      amount: 750n,
      days: 450,
      ofDays: 600,
      from: 150,
      to: 600,
      countedIn: 'seconds',
    })
  })

  it('throws on a stretch outside its period', () => expect(() => monthly(3000n, june, period)).toThrow(RangeError))

  it('of stretches that tile a period adds up to its amount', () => {
    const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'Pacific/Apia', 'America/St_Johns', 'Asia/Kathmandu')
    const unit = fc.constantFrom('minute' as const, 'week' as const, 'month' as const, 'year' as const)
    const cut = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(
        zone,
        unit,
        fc.array(cut, { maxLength: 4 }),
        fc.bigInt(0n, 10n ** 12n),
        (timezone, of, cuts, amount) => {
          const calendar = {
            billingTime: 'calendar',
            interval: { unit: of, count: 1 },
            anchor: day('2011-01-01'),
            timezone,
          } as const
          const full = periodAt(calendar, '2011-12-29T12:00:00.000Z')
          const seconds = (epochMillis(full.end) - epochMillis(full.start)) / 1000
          const inner = cuts.sort((a, b) => a - b).map((share) => addSeconds(full.start, Math.floor(share * seconds)))
          const bounds = [full.start, ...inner, full.end]
          const fees = bounds
            .slice(1)
            .map((end, index) =>
              baseFee({ amount, unit: of, period: full, stretch: { start: bounds[index] ?? end, end }, timezone }),
            )
          expect(fees.reduce((sum, fee) => sum + fee.amount, 0n)).toBe(amount)
        },
      ),
    )
  })
})
