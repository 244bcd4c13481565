/** The middle of several rounds, with how far they lie apart. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** Throws RangeError on no values. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = ascending(values)
  return { median: medianOf(sorted), min: at(sorted, 0), max: at(sorted, sorted.length - 1) }
}

/** Of an even number of values the mean of the two in the middle. Throws RangeError on no values. */
export function medianOf(values: readonly number[]): number {
  const sorted = ascending(values)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? at(sorted, middle) : (at(sorted, middle - 1) + at(sorted, middle)) / 2
}

/** The smallest value that `percent` of all are not above (nearest rank). percent: above 0, at most 100. Throws RangeError on no values. */
export function percentileOf(values: readonly number[], percent: number): number {
  const sorted = ascending(values)
  return at(sorted, Math.ceil((percent / 100) * sorted.length) - 1)
}

/** Throws RangeError on no values. */
export function meanOf(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('There is no mean of no values.')
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function ascending(values: readonly number[]): number[] {
  if (values.length === 0) throw new RangeError('There is no middle of no values.')
  return [...values].sort((a, b) => a - b)
}

function at(sorted: readonly number[], index: number): number {
  const value = sorted[index]
  if (value === undefined) throw new RangeError(`There is no value at ${index}.`)
  return value
}
