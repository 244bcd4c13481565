import { customerView, testClockView } from '@billstream/accounts-read-model'
import type { PlatformPorts } from '@billstream/event-sourcing-runtime'
import type { Instant } from '@billstream/kernel'

/** Where the test clocks of customers stand, by external id; customers that are not known or live in real time have none. */
export async function customerClocks(
  views: PlatformPorts['views'],
  organizationId: string,
  externalIds: ReadonlySet<string>,
): Promise<ReadonlyMap<string, Instant>> {
  const where = { external_id: { in: [...externalIds] }, status: 'active' }
  const customers = await views.find(customerView, organizationId, { where, limit: externalIds.size })
  const clockIds = new Set(customers.flatMap(({ test_clock_id }) => (test_clock_id === null ? [] : [test_clock_id])))
  if (clockIds.size === 0) return new Map()
  const clocks = await views.getMany(testClockView, organizationId, [...clockIds])
  const times = new Map(clocks.map(({ id, frozen_time }) => [id, frozen_time]))
  return new Map(
    customers.flatMap(({ external_id, test_clock_id }): [string, Instant][] => {
      const time = test_clock_id === null ? undefined : times.get(test_clock_id)
      return time === undefined ? [] : [[external_id, time]]
    }),
  )
}
