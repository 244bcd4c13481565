import { ok } from '@billstream/kernel'
import type { CommandOf } from '@billstream/event-sourcing-core'
import type { FactReader, Gather, UsageLog } from '@billstream/event-sourcing-runtime'
import { planProjection, planVersionProjection, type PlanVersionRow } from '@billstream/subscriptions-read-model'
import type { BillableMetric } from '@billstream/usage-contracts'
import type { ChangeMetricFacts, RemoveMetricFacts } from '@billstream/usage-domain'
import { billableMetricProjection } from '@billstream/usage-read-model'

/** Plans and versions that are read at once. */
const PAGE_SIZE = 200

/** Whether there are events matters only for what is read from them. */
export function gatherForChangeMetric(usageLog: Pick<UsageLog, 'hasEvents'>): Gather {
  return async (command, facts) => {
    const { data, metadata } = command as CommandOf<typeof BillableMetric.Change>
    const isOfEvents = 'fieldName' in data.changes || 'recurring' in data.changes
    const metric = isOfEvents ? await facts.get(billableMetricProjection, data.id) : undefined
    const hasEvents = metric !== undefined && (await usageLog.hasEvents(metadata.organizationId, metric.code))
    return ok<ChangeMetricFacts>({ hasEvents })
  }
}

/** Every version of a plan that is not archived counts: a running subscription may still be billed by an old one. */
export const gatherForRemoveMetric: Gather = async (command, facts) => {
  const { id } = command.data as { id: string }
  for (let skip = 0; ; skip += PAGE_SIZE) {
    const plans = await facts.find(planProjection, { where: { status: 'active' }, skip, limit: PAGE_SIZE })
    if (await isPriced(id, plans, facts)) return ok<RemoveMetricFacts>({ pricedByPlan: true })
    if (plans.length < PAGE_SIZE) return ok<RemoveMetricFacts>({ pricedByPlan: false })
  }
}

async function isPriced(metricId: string, plans: readonly { id: string }[], facts: FactReader): Promise<boolean> {
  const where = { plan_id: { in: plans.map(({ id }) => id) } }
  for (let skip = 0; plans.length > 0; skip += PAGE_SIZE) {
    const versions = await facts.find(planVersionProjection, { where, skip, limit: PAGE_SIZE })
    if (versions.some((version) => prices(version, metricId))) return true
    if (versions.length < PAGE_SIZE) return false
  }
  return false
}

function prices({ charges }: PlanVersionRow, metricId: string): boolean {
  return charges.some((charge) => charge.metricId === metricId)
}
