import type { SubscriptionRow } from '@billstream/subscriptions-read-model'

/** A subscription as GET shows it. Trials, pauses, cancellations and plan changes do not exist yet. Source: rules/boxbilling.md, section 7. */
export function presentSubscription(subscription: SubscriptionRow) {
  return {
    id: subscription.id,
    external_id: subscription.external_id,
    customer_id: subscription.customer_id,
    plan_id: subscription.plan_id,
    status: subscription.status,
    billing_time: subscription.billing_time,
    trial_period_days: 0,
    trial_ended_at: null,
    subscription_at: subscription.subscription_at,
    pay_in_advance: subscription.pay_in_advance,
    previous_plan_id: null,
    downgraded_at: null,
    on_termination_action: subscription.on_termination_action,
    started_at: subscription.started_at,
    ending_at: subscription.ending_at,
    canceled_at: null,
    paused_at: null,
    resumed_at: null,
    created_at: subscription.created_at,
    updated_at: subscription.updated_at,
  }
}
