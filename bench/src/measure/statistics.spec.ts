import fc from 'fast-check'
import { meanOf, medianOf, percentileOf, spreadOf } from './statistics'

describe('the spread of rounds', () => {
  it('is the middle with the least and the greatest', () =>
    expect(spreadOf([7, 1, 3])).toEqual({ median: 3, min: 1, max: 7 }))

  it('takes the mean of the two in the middle of an even number', () => expect(medianOf([4, 1, 3, 2])).toBe(2.5))

  it('orders numbers, not texts', () => expect(spreadOf([10, 9, 100])).toEqual({ median: 10, min: 9, max: 100 }))

  it('leaves what it is given as it was', () => {
    const values = [3, 1, 2]
    spreadOf(values)
    expect(values).toEqual([3, 1, 2])
  })

  it('does not exist of no values', () => {
    for (const middle of [spreadOf, medianOf, meanOf]) expect(() => middle([])).toThrow(RangeError)
  })
})

describe('a percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index)

  it('is the nearest rank', () => {
    expect(percentileOf(hundred, 99)).toBe(99)
    expect(percentileOf(hundred, 100)).toBe(100)
    expect(percentileOf([5], 99)).toBe(5)
    expect(percentileOf([1, 2], 50)).toBe(1)
  })

  it('has at most so many values above it, and is one of them', () =>
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), fc.integer({ min: 1, max: 100 }), (values, percent) => {
        const found = percentileOf(values, percent)
        const above = values.filter((value) => value > found).length
        const notBelow = values.filter((value) => value >= found).length
        return (
          values.includes(found) &&
          above * 100 <= values.length * (100 - percent) &&
          notBelow * 100 > values.length * (100 - percent)
        )
      }),
    ))
})

describe('a mean', () => {
  it('is the sum by the number', () => expect(meanOf([1, 2, 6])).toBe(3))
})
