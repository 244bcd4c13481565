import fc from 'fast-check'
import { exponentOf } from './growth'

const SIZES = [1, 4, 16]

describe('the exponent of growth', () => {
  it('is 1 of what grows with its data, 2 of its square, 0 of what stands still', () => {
    for (const exponent of [1, 2, 0]) {
      const points = SIZES.map((size) => ({ size, seconds: 0.25 * size ** exponent }))
      expect(exponentOf(points)).toBeCloseTo(exponent, 10)
    }
  })

  it('is found whatever the unit of size and time', () =>
    fc.assert(
      fc.property(
        fc.double({ min: 0.001, max: 1_000, noNaN: true }),
        fc.double({ min: 0.1, max: 1_000, noNaN: true }),
        fc.double({ min: -1, max: 3, noNaN: true }),
        (factor, unit, exponent) => {
          const points = SIZES.map((size) => ({ size: size * unit, seconds: factor * (size * unit) ** exponent }))
          return Math.abs(exponentOf(points) - exponent) < 1e-6
        },
      ),
    ))

  it('lies between those of two points that do not fit one line', () => {
    const exponent = exponentOf([
      { size: 1, seconds: 1 },
      { size: 4, seconds: 4 },
      { size: 16, seconds: 64 },
    ])
    expect(exponent).toBeGreaterThan(1)
    expect(exponent).toBeLessThan(2)
  })

  it('needs two sizes', () => {
    expect(() => exponentOf([])).toThrow(RangeError)
    expect(() =>
      exponentOf([
        { size: 4, seconds: 1 },
        { size: 4, seconds: 2 },
      ]),
    ).toThrow(RangeError)
  })
})
