import { defineProjection, on } from '@billstream/event-sourcing-core'
import { PlanCreated, PlanVersioned, type PlanTerms } from '@billstream/subscriptions-contracts'
import { planVersionId, planVersionView, type PlanVersionRow } from './plan-version.view'

interface VersionOfPlan {
  readonly planId: string
  readonly name: string
  readonly interval: string
  readonly version: number
  readonly terms: PlanTerms
}

/** Keeps what each version was when it was made: a plan that is renamed later changes no version. */
export const planVersionProjection = defineProjection({
  name: 'subscriptions.plan_version',
  view: planVersionView,
  version: 1,
  on: {
    ...on(PlanCreated, ({ data, metadata }) => [versionRow(data, metadata.organizationId)]),
    ...on(PlanVersioned, ({ data, metadata }) => [versionRow(data, metadata.organizationId)]),
  },
})

function versionRow({ planId, name, interval, version, terms }: VersionOfPlan, organizationId: string) {
  const row: PlanVersionRow = {
    organization_id: organizationId,
    id: planVersionId(planId, version),
    plan_id: planId,
    version,
    name,
    interval,
    amount_cents: terms.amount,
    currency: terms.currency,
    charges: terms.charges,
  }
  return { id: row.id, row }
}
