import { col, defineView, type ViewRow } from '@billstream/event-sourcing-core'
import type { SubscribedPlan } from '@billstream/subscriptions-contracts'

export const subscriptionView = defineView(
  'subscriptions',
  'subscription',
  {
    external_id: col.text,
    customer_id: col.uuid,
    external_customer_id: col.text,
    plan_id: col.uuid,
    plan: col.json<SubscribedPlan>(),
    /** pending, active, terminated */
    status: col.text,
    billing_time: col.text,
    pay_in_advance: col.boolean,
    on_termination_action: col.text,
    timezone: col.text,
    subscription_at: col.nullable(col.instant),
    /** The start that is known: when it began, or when it will. */
    starts_at: col.nullable(col.instant),
    started_at: col.nullable(col.instant),
    ending_at: col.nullable(col.instant),
    /** The full period that is open; bounds of the calendar, the first one may have begun before `started_at`. */
    period_start: col.nullable(col.instant),
    period_end: col.nullable(col.instant),
    created_at: col.instant,
    updated_at: col.instant,
  },
  [['external_id'], ['customer_id'], ['external_customer_id'], ['plan_id']],
)
export type SubscriptionRow = ViewRow<typeof subscriptionView>
