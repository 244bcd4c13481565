import { col, defineView, type ViewRow } from '@billstream/event-sourcing-core'
import type { PlanCharge } from '@billstream/subscriptions-contracts'

/** Every version of every plan, for ever: what running subscriptions are billed by. */
export const planVersionView = defineView(
  'subscriptions',
  'plan_version',
  {
    plan_id: col.uuid,
    version: col.integer,
    name: col.text,
    interval: col.text,
    amount_cents: col.minor,
    currency: col.text,
    charges: col.json<PlanCharge[]>(),
  },
  [['plan_id']],
)
export type PlanVersionRow = ViewRow<typeof planVersionView>

export function planVersionId(planId: string, version: number): string {
  return `${planId}#${version}`
}
