import fc from 'fast-check'
import {
  addMinutes,
  addSeconds,
  compareInstants,
  epochMicros,
  epochMillis,
  INSTANT_MAX,
  INSTANT_MIN,
  instantOfMicros,
  instantOfMillis,
  parseInstant,
} from './index'

const micros = fc.bigInt(epochMicros(INSTANT_MIN), epochMicros(INSTANT_MAX))

describe('a time from outside', () => {
  it.each([
    ['2023-11-01T00:00:00Z', '2023-11-01T00:00:00.000Z'],
    ['2023-11-01', '2023-11-01T00:00:00.000Z'],
    ['2023-11-01T10:30', '2023-11-01T10:30:00.000Z'],
    ['2023-11-01 10:30:15', '2023-11-01T10:30:15.000Z'],
    ['2023-11-01t10:30:15z', '2023-11-01T10:30:15.000Z'],
    ['2023-11-01T10:30:15.1', '2023-11-01T10:30:15.100Z'],
    ['2023-11-01T10:30:15,123456Z', '2023-11-01T10:30:15.123456Z'],
    ['2023-11-01T10:30:15.1234569Z', '2023-11-01T10:30:15.123456Z'],
    ['2023-11-01T10:30:15.123000999Z', '2023-11-01T10:30:15.123Z'],
    ['2023-11-01T00:30:00+05:45', '2023-10-31T18:45:00.000Z'],
    ['2023-11-01T00:30:00-0330', '2023-11-01T04:00:00.000Z'],
    ['2023-11-01T00:30:00+02', '2023-10-31T22:30:00.000Z'],
    ['2024-02-29T23:59:59Z', '2024-02-29T23:59:59.000Z'],
    ['1969-12-31T23:59:59.999999Z', '1969-12-31T23:59:59.999999Z'],
    [INSTANT_MIN, INSTANT_MIN],
    [INSTANT_MAX, INSTANT_MAX],
  ])('%s is %s', (text, instant) => expect(parseInstant(text)).toEqual({ ok: true, value: instant }))

  it.each([
    ...[
      '',
      'now',
      '2023',
      '2023-11',
      '20231101T000000Z',
      '2023-11-01T',
      '2023-11-01T10',
      '2023-11-01T10:30:15.Z',
      '2023-02-29',
    ],
    ...[
      '2023-13-01',
      '2023-00-10',
      '2023-04-31T00:00:00Z',
      '2023-11-00',
      '2023-11-01T24:00:00Z',
      '2023-11-01T10:60:00Z',
    ],
    ...[
      '2023-11-01T10:30:60Z',
      '2023-11-01T10:30:00+24:00',
      '2023-11-01T10:30:00+05:60',
      '1899-12-31T23:59:59Z',
      '0001-01-01T00:00:00Z',
    ],
    ...['+012023-11-01T00:00:00Z', '9999-12-31T23:59:59-01:00', ' 2023-11-01', '2023-11-01T10:30:00 Z', '2023-11-01Z'],
    ...[1700000000, null, undefined, {}],
  ])('%p is refused', (text) =>
    expect(parseInstant(text)).toMatchObject({ ok: false, error: { code: 'invalid_instant' } }),
  )

  it('agrees with the calendar of the platform', () => {
    const time = fc.record({ year: fc.integer({ min: 1900, max: 9999 }), month: fc.nat(14), day: fc.nat(33) })
    fc.assert(
      fc.property(time, ({ year, month, day }) => {
        const text = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
        const parsed = Date.parse(`${text}T00:00:00Z`)
        const exists = !Number.isNaN(parsed) && new Date(parsed).toISOString().startsWith(text)
        expect(parseInstant(text).ok).toBe(exists)
      }),
    )
  })
})

describe('text in the canonical form', () => {
  // A little beyond each bound, so that most are real and some are not.
  const parts = fc.tuple(
    ...[9_999, 13, 32, 24, 60, 60, 999].map((max, index) => fc.integer({ min: index === 0 ? 1_890 : 0, max })),
  )
  const lengths = [4, 2, 2, 2, 2, 2, 3]

  it('is an instant where the platform reads the same one, and taken as it is', () =>
    fc.assert(
      fc.property(parts, (numbers) => {
        const padded = numbers.map((number, index) => String(number).padStart(lengths[index] ?? 0, '0'))
        const [year, month, day, hour, minute, second, milli] = padded
        const text = `${year}-${month}-${day}T${hour}:${minute}:${second}.${milli}Z`
        const millis = Date.parse(text)
        const exists = text >= INSTANT_MIN && !Number.isNaN(millis) && new Date(millis).toISOString() === text
        expect(parseInstant(text)).toMatchObject(exists ? { ok: true, value: text } : { ok: false })
        if (exists) expect(epochMillis(text)).toBe(millis)
      }),
    ))
})

describe('an instant', () => {
  it('has one canonical text for each microsecond', () => {
    fc.assert(
      fc.property(micros, (value) => {
        const instant = instantOfMicros(value)
        expect(epochMicros(instant)).toBe(value)
        expect(parseInstant(instant)).toEqual({ ok: true, value: instant })
        expect(instant).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(?:\d{3})?Z$/)
      }),
    )
  })

  it('has six digits only where there are microseconds', () => {
    expect(instantOfMicros(1n)).toBe('1970-01-01T00:00:00.000001Z')
    expect(instantOfMicros(-1n)).toBe('1969-12-31T23:59:59.999999Z')
    expect(instantOfMicros(1000n)).toBe('1970-01-01T00:00:00.001Z')
    expect(instantOfMillis(1)).toBe('1970-01-01T00:00:00.001Z')
  })

  it('is ordered by time, not by text', () => {
    expect(compareInstants('2023-11-01T00:00:00.000Z', '2023-11-01T00:00:00.000001Z')).toBe(-1)
    expect(compareInstants('2023-11-01T00:00:00Z', '2023-11-01T00:00:00.000Z')).toBe(0)
    expect(compareInstants('2023-11-01T00:00:01Z', '2023-11-01T00:00:00.999999Z')).toBe(1)
    const near = fc.tuple(micros, fc.bigInt(-2000n, 2000n))
    fc.assert(
      fc.property(near, ([value, step]) => {
        const other = value + step
        fc.pre(other >= epochMicros(INSTANT_MIN) && other <= epochMicros(INSTANT_MAX))
        expect(compareInstants(instantOfMicros(value), instantOfMicros(other))).toBe(step > 0n ? -1 : step < 0n ? 1 : 0)
      }),
    )
  })

  it('is moved by seconds and minutes, keeping its microseconds', () => {
    expect(addSeconds('2023-12-31T23:59:59.000001Z', 1)).toBe('2024-01-01T00:00:00.000001Z')
    expect(addMinutes('2024-01-01T00:00:00.000Z', -1)).toBe('2023-12-31T23:59:00.000Z')
    expect(addMinutes('2024-02-29T00:00:00.000Z', 1440n)).toBe('2024-03-01T00:00:00.000Z')
  })

  it('in milliseconds is cut towards the past', () => {
    expect(epochMillis('1970-01-01T00:00:00.001999Z')).toBe(1)
    expect(epochMillis('1969-12-31T23:59:59.999999Z')).toBe(-1)
  })

  it('throws on text that is none and outside the years that are taken', () => {
    expect(() => epochMicros('yesterday')).toThrow(RangeError)
    expect(() => addSeconds(INSTANT_MAX, 1)).toThrow(RangeError)
    expect(() => addSeconds(INSTANT_MIN, -1)).toThrow(RangeError)
  })
})
