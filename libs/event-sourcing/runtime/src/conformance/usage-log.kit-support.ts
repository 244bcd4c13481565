import type { MeasuredMetric, UsageLog, UsageScope } from '../ports/usage-log.port'

/** A metric of which nothing came. */
export const NOTHING = { code: 'tokens', eventsCount: 0, sum: '0', max: null, latest: null, uniqueCount: 0 }

/** Above every position of a log. */
const HIGHEST_WATERMARK = String(2n ** 63n - 1n)

/** The numbers of a scope, from aggregates and from events alike. */
export async function numbers(log: UsageLog, scope: UsageScope): Promise<readonly MeasuredMetric[]> {
  const current = await log.current(scope)
  expect(await log.recount(scope, HIGHEST_WATERMARK)).toEqual(current)
  return current
}
