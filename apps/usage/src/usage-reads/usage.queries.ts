import {
  answer,
  type PlatformPorts,
  type QueryRegistration,
  type UsageListFilter,
} from '@billstream/event-sourcing-runtime'
import { CurrentUsage, GetUsageEvent, ListUsageEvents, UsageVolume } from '@billstream/usage-contracts'
import { chargesOf, codesOf, planVersion } from '../measure-period/measure-period.facts'
import { toEventView } from './usage-event.view'

/** Reads of the log: usage as it stands, by the code of a measurement, and the events themselves. */
export function usageQueries({ usageLog }: Pick<PlatformPorts, 'usageLog'>): QueryRegistration[] {
  return [
    answer(
      CurrentUsage,
      async ({ externalCustomerId, externalSubscriptionId, period, ...plan }, { organizationId, facts }) => {
        const version = await planVersion(facts, plan)
        const metrics = await usageLog.current({
          ...{ organizationId, externalCustomerId, externalSubscriptionId },
          from: period.start,
          to: period.end,
          codes: codesOf(version),
        })
        return { charges: await chargesOf(facts, version, metrics) }
      },
    ),
    answer(ListUsageEvents, async (filter, { organizationId }) => {
      const { events, total } = await usageLog.list(organizationId, filter as UsageListFilter)
      return { events: events.map(toEventView), total }
    }),
    answer(GetUsageEvent, async ({ id }, { organizationId }) => {
      const event = await usageLog.get(organizationId, id)
      return { event: event ? toEventView(event) : null }
    }),
    answer(UsageVolume, async ({ fromHour, toHour }, { organizationId }) => ({
      hours: await usageLog.volume(organizationId, fromHour, toHour),
    })),
  ]
}
