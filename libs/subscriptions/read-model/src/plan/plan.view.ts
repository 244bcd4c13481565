import { col, defineView, type ViewRow } from '@billstream/event-sourcing-core'
import type { PlanCharge } from '@billstream/subscriptions-contracts'

/** The newest version of each plan. */
export const planView = defineView(
  'subscriptions',
  'plan',
  {
    code: col.text,
    name: col.text,
    description: col.nullable(col.text),
    interval: col.text,
    amount_cents: col.minor,
    currency: col.text,
    trial_period_days: col.integer,
    version: col.integer,
    charges: col.json<PlanCharge[]>(),
    /** active or archived */
    status: col.text,
    created_at: col.instant,
    updated_at: col.instant,
  },
  [['code']],
)
export type PlanRow = ViewRow<typeof planView>
