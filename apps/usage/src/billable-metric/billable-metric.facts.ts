import type { Gather, PlatformPorts } from '@billstream/event-sourcing-runtime'
import { ok } from '@billstream/kernel'
import { planProjection } from '@billstream/subscriptions-read-model'
import type { ChangeMetricFacts, RemoveMetricFacts } from '@billstream/usage-domain'
import { billableMetricProjection } from '@billstream/usage-read-model'

/** Plans of an organization that are looked through, at most. */
const PLANS_MAX = 10_000

export function gatherForMetric({ usageLog }: Pick<PlatformPorts, 'usageLog'>): Record<string, Gather> {
  return {
    ChangeBillableMetric: async ({ data, metadata }, facts) => {
      const row = await facts.get(billableMetricProjection, (data as { id: string }).id)
      const gathered: ChangeMetricFacts = {
        hasEvents: row !== undefined && (await usageLog.hasEvents(metadata.organizationId, row.code)),
      }
      return ok(gathered)
    },
    RemoveBillableMetric: async ({ data }, facts) => {
      const { id } = data as { id: string }
      const plans = await facts.find(planProjection, { where: { status: 'active' }, limit: PLANS_MAX })
      const gathered: RemoveMetricFacts = {
        pricedByPlan: plans.some(({ charges }) => charges.some(({ metricId }) => metricId === id)),
      }
      return ok(gathered)
    },
  }
}
