import type { PlanRow } from '@billstream/subscriptions-read-model'

/** A plan as GET shows it, with the properties of its charges as they were sent. Source: rules/boxbilling.md, sections 5 and 6. */
export function presentPlan(plan: PlanRow) {
  return {
    id: plan.id,
    code: plan.code,
    name: plan.name,
    description: plan.description,
    interval: plan.interval,
    amount_cents: BigInt(plan.amount_cents),
    currency: plan.currency,
    trial_period_days: plan.trial_period_days,
    charges: plan.charges.map((charge) => presentCharge(charge, plan)),
    created_at: plan.created_at,
    updated_at: plan.updated_at,
  }
}

/** A charge is as old as the plan's version that holds it. */
function presentCharge(charge: PlanRow['charges'][number], plan: PlanRow) {
  return {
    id: charge.chargeId,
    plan_id: plan.id,
    billable_metric_id: charge.metricId,
    charge_model: charge.chargeModel,
    properties: charge.properties,
    filters: [],
    created_at: plan.created_at,
    updated_at: plan.updated_at,
  }
}
