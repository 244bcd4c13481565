import fc from 'fast-check'
import {
  decimal,
  Decimal,
  divide,
  formatDecimal,
  numberText,
  parseDecimal,
  parseExactDecimal,
  roundToMinor,
} from './index'

const kept = (value: string) => ({ isLosslessNumber: true, value, toString: () => value })

describe('a number from outside', () => {
  it.each([
    ['5', '5'],
    ['5.0', '5'],
    ['-0', '0'],
    ['-0.0000000000001', '0'],
    ['1e3', '1000'],
    ['1E-3', '0.001'],
    ['0e999999999999999999', '0'],
    ['1e-99999999999999999999', '0'],
    ['0.0000000000005', '0.000000000001'],
    ['-0.0000000000005', '-0.000000000001'],
    ['0.00000000000049', '0'],
    ['999999999999999999.999999999999', '999999999999999999.999999999999'],
    ['0.1e18', '100000000000000000'],
  ])('%s is read as %s', (text, expected) => {
    const parsed = parseDecimal(text)
    expect(parsed.ok && formatDecimal(parsed.value)).toBe(expected)
  })

  it.each([
    '',
    ' ',
    ' 5',
    '5 ',
    '+5',
    '.5',
    '5.',
    '05',
    '0x10',
    '1_000',
    '1,5',
    'NaN',
    'Infinity',
    '-Infinity',
    'five',
    '1e',
    '--1',
  ])('%p is no number', (text) =>
    expect(parseDecimal(text)).toMatchObject({ ok: false, error: { code: 'not_a_number' } }),
  )

  it.each([
    Number.NaN,
    Infinity,
    true,
    false,
    null,
    undefined,
    {},
    [5],
    { value: '5' },
    kept('abc'),
    { isLosslessNumber: true, value: 5 },
  ])('%p is no number either', (value) =>
    expect(parseDecimal(value)).toMatchObject({ ok: false, error: { code: 'not_a_number' } }),
  )

  it.each([
    '1e18',
    '1e30',
    '-1e30',
    '1e999999999999999999',
    10n ** 18n,
    1e30,
    '999999999999999999.9999999999999',
    `0.${'0'.repeat(1000)}`,
  ])('%p is out of range', (value) =>
    expect(parseDecimal(value)).toMatchObject({ ok: false, error: { code: 'number_out_of_range' } }),
  )

  it('may be a JS number, a bigint or a JSON number that kept its text', () => {
    expect(['0.1', 0.1, kept('0.10')].map((value) => parseDecimal(value))).toEqual(
      Array(3).fill({ ok: true, value: decimal('0.1') }),
    )
    expect(parseDecimal(12345678901234567n)).toEqual({ ok: true, value: decimal('12345678901234567') })
    expect(numberText(kept('1.50'))).toBe('1.50')
  })

  it('keeps every place when it is read exactly', () => {
    const exact = parseExactDecimal('10.0000000000001')
    expect(exact.ok && formatDecimal(exact.value)).toBe('10.0000000000001')
  })

  it('agrees with rounding its digits by hand', () => {
    const parts = fc.tuple(fc.boolean(), fc.bigInt(0n, 10n ** 17n), fc.stringMatching(/^\d{1,20}$/))
    fc.assert(
      fc.property(parts, ([negative, whole, places]) => {
        const text = `${negative ? '-' : ''}${whole}.${places}`
        const parsed = parseDecimal(text)
        expect(parsed.ok && formatDecimal(parsed.value)).toBe(roundedByHand(negative, whole, places))
      }),
    )
  })
})

function roundedByHand(negative: boolean, whole: bigint, places: string): string {
  const digits = places.padEnd(13, '0')
  const up = Number(digits[12]) >= 5 ? 1n : 0n
  const scaled = whole * 10n ** 12n + BigInt(digits.slice(0, 12)) + up
  const fraction = (scaled % 10n ** 12n).toString().padStart(12, '0').replace(/0+$/, '')
  const size = `${scaled / 10n ** 12n}${fraction && `.${fraction}`}`
  return negative && scaled !== 0n ? `-${size}` : size
}

describe('a stored decimal', () => {
  it('is read exactly, however long', () => {
    const text = `${'9'.repeat(40)}.${'1'.repeat(30)}`
    expect(formatDecimal(decimal(text))).toBe(text)
    expect(formatDecimal(decimal('-0'))).toBe('0')
  })

  it.each(['', 'NaN', 'Infinity', '5 ', Number.NaN])('throws on %p', (text) =>
    expect(() => decimal(text)).toThrow(TypeError),
  )
})

describe('arithmetic', () => {
  const number = fc
    .tuple(fc.bigInt(-(10n ** 30n), 10n ** 30n), fc.nat(12))
    .map(([digits, places]) => ({ digits, places }))
  const text = ({ digits, places }: { digits: bigint; places: number }) => `${digits}e-${places}`

  it('multiplies and adds without losing a digit', () => {
    fc.assert(
      fc.property(number, number, (a, b) => {
        const product = decimal(text(a)).times(decimal(text(b)))
        expect(product.equals(decimal(`${a.digits * b.digits}e-${a.places + b.places}`))).toBe(true)
      }),
    )
  })

  it('divides to 12 places, half away from zero', () => {
    const divisor = fc.bigInt(-(10n ** 30n), 10n ** 30n).filter((b) => b !== 0n)
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 30n), 10n ** 30n), divisor, (a, b) => {
        const size = (n: bigint) => (n < 0n ? -n : n)
        const scaled = (2n * size(a) * 10n ** 12n + size(b)) / (2n * size(b))
        const expected = a < 0n === b < 0n ? scaled : -scaled
        expect(divide(decimal(a), decimal(b)).equals(decimal(`${expected}e-12`))).toBe(true)
      }),
    )
    expect(formatDecimal(divide(decimal(2), decimal(3)))).toBe('0.666666666667')
  })

  it('refuses to divide by zero', () => expect(() => divide(decimal(1), decimal(0))).toThrow(RangeError))
})

describe('an amount that becomes a fee', () => {
  it.each([
    ['98.9955', 99n],
    ['0.5', 1n],
    ['-0.5', -1n],
    ['0.499999999999', 0n],
    ['-0.4', 0n],
    ['2.5', 3n],
    ['-2.5', -3n],
    [`${'9'.repeat(40)}.5`, 10n ** 40n],
  ])('%s is rounded to %s', (text, minor) => expect(roundToMinor(decimal(text))).toBe(minor))

  it('is rounded alike on both sides of zero, by at most a half', () => {
    const amount = fc
      .tuple(fc.bigInt(-(10n ** 20n), 10n ** 20n), fc.nat(12))
      .map(([digits, places]) => decimal(`${digits}e-${places}`))
    fc.assert(
      fc.property(amount, (exact) => {
        const rounded = roundToMinor(exact)
        expect(roundToMinor(exact.negated())).toBe(-rounded)
        expect(exact.minus(rounded.toString()).abs().lessThanOrEqualTo('0.5')).toBe(true)
      }),
    )
  })
})

describe('a decimal as text', () => {
  it.each([
    ['1080', { minPlaces: 4 }, '1080.0000'],
    ['13.5', { minPlaces: 4 }, '13.5000'],
    ['1.123456', { minPlaces: 4 }, '1.123456'],
    ['0.0000015', { maxPlaces: 6 }, '0.000002'],
    ['-0.0000001', { minPlaces: 2, maxPlaces: 4 }, '0.00'],
    ['1e21', {}, '1000000000000000000000'],
    ['1e-12', {}, '0.000000000001'],
  ])('%s with %p is %s', (text, options, expected) => expect(formatDecimal(decimal(text), options)).toBe(expected))

  it('never shows an exponent', () => expect(String(new Decimal('1e-30'))).not.toContain('e'))
})
