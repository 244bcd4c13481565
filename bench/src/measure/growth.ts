/** How long a work took at one size of its data. */
export interface Point {
  readonly size: number
  readonly seconds: number
}

/**
 * The exponent e of time = c * size^e: the slope of log time over log size, by least squares. 1 is linear growth, 0 none.
 * Throws RangeError with fewer than two sizes.
 */
export function exponentOf(points: readonly Point[]): number {
  const logs = points.map(({ size, seconds }) => ({ x: Math.log(size), y: Math.log(seconds) }))
  const mean = (pick: (log: { x: number; y: number }) => number) =>
    logs.reduce((sum, log) => sum + pick(log), 0) / logs.length
  const [meanX, meanY] = [mean(({ x }) => x), mean(({ y }) => y)]
  const variance = logs.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0)
  if (points.length === 0 || variance === 0) throw new RangeError('Growth needs two sizes at least.')
  return logs.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0) / variance
}
