import { ok } from '@billstream/kernel'
import type { CommandOf } from '@billstream/event-sourcing-core'
import type { FactReader, Gather } from '@billstream/event-sourcing-runtime'
import type { ChangePlan, CreatePlan } from '@billstream/subscriptions-contracts'
import { CHARGES_PER_PLAN_MAX, type ArchivePlanFacts, type PlanFacts } from '@billstream/subscriptions-domain'
import { subscriptionProjection } from '@billstream/subscriptions-read-model'
import { billableMetricProjection } from '@billstream/usage-read-model'

interface PricedByMetric {
  readonly metricId: string
}

export const gatherForCreatePlan: Gather = async (command, facts) =>
  ok(await metricsOf((command as CommandOf<typeof CreatePlan>).data.charges, facts))

export const gatherForChangePlan: Gather = async (command, facts) =>
  ok(await metricsOf((command as CommandOf<typeof ChangePlan>).data.changes.charges ?? [], facts))

/** A plan of more charges than it may have is refused without asking for their metrics. */
async function metricsOf(charges: readonly PricedByMetric[], facts: FactReader): Promise<PlanFacts> {
  const ids = [...new Set(charges.slice(0, CHARGES_PER_PLAN_MAX).map(({ metricId }) => metricId))]
  if (ids.length === 0) return { metrics: {} }
  const rows = await facts.find(billableMetricProjection, {
    where: { id: { in: ids }, status: 'active' },
    limit: ids.length,
  })
  return { metrics: Object.fromEntries(rows.map(({ id, code, name }) => [id, { code, name }])) }
}

export const gatherForArchivePlan: Gather = async (command, facts) => {
  const { planId } = command.data as { planId: string }
  const running = await facts.find(subscriptionProjection, {
    where: { plan_id: planId, status: { not: 'terminated' } },
    limit: 1,
  })
  return ok<ArchivePlanFacts>({ inUse: running.length > 0 })
}
