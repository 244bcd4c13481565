import fc from 'fast-check'
import {
  addMoney,
  compareMoney,
  decimalOfMinor,
  formatDecimal,
  MINOR_MAX,
  minorOf,
  negateMoney,
  parseMinor,
  splitByLargestRemainder,
  subtractMoney,
  withinMinorRange,
} from './index'

const usd = (minor: bigint) => ({ minor, currency: 'USD' })
const eur = (minor: bigint) => ({ minor, currency: 'EUR' })

describe('money', () => {
  it('is added, subtracted, negated and compared in one currency', () => {
    expect(addMoney(usd(5n), usd(-7n))).toEqual({ ok: true, value: usd(-2n) })
    expect(subtractMoney(usd(5n), usd(-7n))).toEqual({ ok: true, value: usd(12n) })
    expect(negateMoney(usd(5n))).toEqual(usd(-5n))
    expect([compareMoney(usd(1n), usd(2n)), compareMoney(usd(2n), usd(2n)), compareMoney(usd(3n), usd(2n))]).toEqual([
      -1, 0, 1,
    ])
  })

  it('throws over two currencies', () => {
    expect(() => addMoney(usd(1n), eur(1n))).toThrow(TypeError)
    expect(() => subtractMoney(usd(1n), eur(1n))).toThrow(TypeError)
    expect(() => compareMoney(usd(1n), eur(1n))).toThrow(TypeError)
  })

  it('refuses more than 18 digits', () => {
    expect(addMoney(usd(MINOR_MAX), usd(1n))).toMatchObject({ ok: false, error: { code: 'money_overflow' } })
    expect(subtractMoney(usd(-MINOR_MAX), usd(1n))).toMatchObject({ ok: false, error: { code: 'money_overflow' } })
    expect(withinMinorRange(-MINOR_MAX)).toEqual({ ok: true, value: -MINOR_MAX })
  })
})

describe('an amount of minor units', () => {
  it.each([
    ['1080', 1080n],
    ['10.0000', 10n],
    [1000, 1000n],
    ['-5', -5n],
    ['999999999999999999', MINOR_MAX],
    ['-0', 0n],
  ])('%p is %s', (value, minor) => expect(parseMinor(value)).toEqual({ ok: true, value: minor }))

  it.each([
    ['10.5', 'fraction_of_minor_unit'],
    ['10.0000000000001', 'fraction_of_minor_unit'],
    ['1000000000000000000', 'number_out_of_range'],
    ['', 'not_a_number'],
    [null, 'not_a_number'],
  ])('%p is refused: %s', (value, code) => expect(parseMinor(value)).toMatchObject({ ok: false, error: { code } }))

  it('is read from and compared with what was stored', () => {
    expect(minorOf('-1080')).toBe(-1080n)
    expect(() => minorOf('10.0')).toThrow(TypeError)
    expect(() => minorOf('')).toThrow(TypeError)
    expect(formatDecimal(decimalOfMinor(-1080n))).toBe('-1080')
  })
})

describe('a split by largest remainder', () => {
  it.each([
    [100n, [1n, 1n, 1n], [34n, 33n, 33n]],
    [-100n, [1n, 1n, 1n], [-34n, -33n, -33n]],
    [50n, [100n, 100n, 100n], [17n, 17n, 16n]],
    [5n, [0n, 0n], [3n, 2n]],
    [0n, [], []],
    [0n, [1n, -1n], [0n, 0n]],
    [10n, [0n, 7n, 0n], [0n, 10n, 0n]],
    [400n, [-2000n, 4000n], [-400n, 800n]],
    [400n, [2000n, -4000n], [-400n, 800n]],
  ])('gives %s over %p as %p', (total, weights, parts) =>
    expect(splitByLargestRemainder(total, weights)).toEqual(parts),
  )

  it.each([[[]], [[5n, -5n]]])('throws over %p', (weights) =>
    expect(() => splitByLargestRemainder(1n, weights)).toThrow(RangeError),
  )

  const weight = fc.bigInt(-(10n ** 12n), 10n ** 12n)
  const weights = fc.array(weight, { minLength: 1, maxLength: 12 })
  const total = fc.bigInt(-MINOR_MAX, MINOR_MAX)
  const sum = (parts: readonly bigint[]) => parts.reduce((all, part) => all + part, 0n)

  it('always adds up, and no part is a unit away from its quota', () => {
    fc.assert(
      fc.property(total, weights, (amount, shares) => {
        fc.pre(sum(shares) !== 0n)
        const parts = splitByLargestRemainder(amount, shares)
        expect(sum(parts)).toBe(amount)
        const whole = sum(shares)
        parts.forEach((part, index) => {
          const difference = part * whole - amount * (shares[index] ?? 0n)
          expect(difference * difference < whole * whole).toBe(true)
        })
      }),
    )
  })

  it('agrees with giving out the rest unit by unit', () => {
    const positive = fc.array(fc.bigInt(0n, 1000n), { minLength: 1, maxLength: 8 }).filter((shares) => sum(shares) > 0n)
    fc.assert(
      fc.property(fc.bigInt(0n, 100_000n), positive, (amount, shares) => {
        expect(splitByLargestRemainder(amount, shares)).toEqual(splitSlowly(amount, shares))
        expect(splitByLargestRemainder(-amount, shares)).toEqual(splitSlowly(amount, shares).map((part) => -part))
      }),
    )
  })
})

function splitSlowly(total: bigint, weights: readonly bigint[]): bigint[] {
  const whole = weights.reduce((sum, weight) => sum + weight, 0n)
  const parts = weights.map((weight) => (total * weight) / whole)
  const remainders = weights.map((weight) => (total * weight) % whole)
  for (let left = total - parts.reduce((sum, part) => sum + part, 0n); left > 0n; left -= 1n) {
    let best = 0
    remainders.forEach((remainder, index) => {
      if (remainder > (remainders[best] ?? 0n)) best = index
    })
    parts[best] = (parts[best] ?? 0n) + 1n
    remainders[best] = -1n
  }
  return parts
}
