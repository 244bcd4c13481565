import { ok, refuse } from '@billstream/kernel'
import type { CommandOf } from '@billstream/event-sourcing-core'
import type { FactReader, Gather } from '@billstream/event-sourcing-runtime'
import { customerProjection, organizationProjection, type CustomerRow } from '@billstream/accounts-read-model'
import type { CreateSubscription, PlanInterval, SubscribedPlan } from '@billstream/subscriptions-contracts'
import type {
  ActivateSubscriptionFacts,
  CreateSubscriptionFacts,
  TerminateSubscriptionFacts,
} from '@billstream/subscriptions-domain'
import { planProjection, subscriptionProjection, type PlanRow } from '@billstream/subscriptions-read-model'

/** Refusals: `customer_not_found` (customer_id), `plan_not_found` (plan_id). */
export const gatherForCreateSubscription: Gather = async (command, facts) => {
  const { data, metadata } = command as CommandOf<typeof CreateSubscription>
  const customer = await facts.get(customerProjection, data.customerId)
  if (customer?.status !== 'active') return refuse('customer_not_found', 'There is no such customer.', 'customer_id')
  const plan = await facts.get(planProjection, data.planId)
  if (plan?.status !== 'active') return refuse('plan_not_found', 'There is no such plan.', 'plan_id')
  return ok<CreateSubscriptionFacts>({
    externalCustomerId: customer.external_id,
    plan: subscribedPlan(plan),
    timezone: await timezoneOf(customer, metadata.organizationId, facts),
  })
}

/** The newest version counts: the plan's version is fixed at the start. Refusal: `subscription_not_found`. */
export const gatherForActivateSubscription: Gather = async (command, facts) => {
  const subscription = await subscriptionOf(command.data, facts)
  const plan = subscription && (await facts.get(planProjection, subscription.plan_id))
  if (!subscription || !plan) return refuse('subscription_not_found', 'There is no such subscription.')
  const customer = await facts.get(customerProjection, subscription.customer_id)
  return ok<ActivateSubscriptionFacts>({
    plan: subscribedPlan(plan),
    timezone: await timezoneOf(customer, command.metadata.organizationId, facts),
  })
}

/** For a close and for an end. Refusal: `subscription_not_found`. */
export const gatherTimezone: Gather = async (command, facts) => {
  const subscription = await subscriptionOf(command.data, facts)
  if (!subscription) return refuse('subscription_not_found', 'There is no such subscription.')
  const customer = await facts.get(customerProjection, subscription.customer_id)
  return ok<TerminateSubscriptionFacts>({
    timezone: await timezoneOf(customer, command.metadata.organizationId, facts),
  })
}

function subscriptionOf(data: unknown, facts: FactReader) {
  return facts.get(subscriptionProjection, (data as { subscriptionId: string }).subscriptionId)
}

/** The billing timezone: customer, else organization, else UTC. Source: domain.md section 3. */
async function timezoneOf(customer: CustomerRow | undefined, organizationId: string, facts: FactReader) {
  if (customer?.timezone) return customer.timezone
  const organization = await facts.get(organizationProjection, organizationId)
  return organization?.timezone ?? 'UTC'
}

function subscribedPlan({ id, version, name, interval, amount_cents, currency }: PlanRow): SubscribedPlan {
  return {
    planId: id,
    planVersion: version,
    planName: name,
    interval: interval as PlanInterval,
    amount: amount_cents,
    currency,
  }
}
