import { defineProjection, on, type EventOf, type RecordedEvent } from '@billstream/event-sourcing-core'
import {
  SubscriptionCreated,
  SubscriptionPeriodClosed,
  SubscriptionStarted,
  SubscriptionTerminated,
} from '@billstream/subscriptions-contracts'
import { subscriptionView, type SubscriptionRow } from './subscription.view'

type Fold = (row: SubscriptionRow | undefined) => SubscriptionRow | undefined

export const subscriptionProjection = defineProjection({
  name: 'subscriptions.subscription',
  view: subscriptionView,
  version: 1,
  on: {
    ...on(SubscriptionCreated, (event) => [{ id: event.data.subscriptionId, row: pendingRow(event, event.data) }]),
    ...on(SubscriptionStarted, (event) => [change(event, startedColumns(event.data))]),
    ...on(SubscriptionPeriodClosed, (event) => {
      const { next, timezone } = event.data
      return [change(event, { timezone, period_start: next.start, period_end: next.end })]
    }),
    ...on(SubscriptionTerminated, (event) => [change(event, { status: 'terminated', ending_at: event.data.endedAt })]),
  },
})

function change(
  { data, metadata }: RecordedEvent<string, { subscriptionId: string }>,
  columns: Partial<SubscriptionRow>,
) {
  const fold: Fold = (row) => row && { ...row, ...columns, updated_at: metadata.occurredAt }
  return { id: data.subscriptionId, fold }
}

function pendingRow({ metadata }: RecordedEvent, data: EventOf<typeof SubscriptionCreated>['data']): SubscriptionRow {
  return {
    organization_id: metadata.organizationId,
    id: data.subscriptionId,
    external_id: data.externalId,
    customer_id: data.customerId,
    external_customer_id: data.externalCustomerId,
    plan_id: data.plan.planId,
    plan: data.plan,
    status: 'pending',
    billing_time: data.billingTime,
    pay_in_advance: data.payInAdvance,
    on_termination_action: data.onTerminationAction,
    timezone: data.timezone,
    subscription_at: data.subscriptionAt,
    starts_at: data.startsAt,
    started_at: null,
    ending_at: null,
    period_start: null,
    period_end: null,
    created_at: metadata.occurredAt,
    updated_at: metadata.occurredAt,
  }
}

function startedColumns(data: EventOf<typeof SubscriptionStarted>['data']) {
  const { startedAt, period, timezone, boundary } = data
  return {
    status: 'active',
    plan: boundary.plan,
    timezone,
    starts_at: startedAt,
    started_at: startedAt,
    period_start: period.start,
    period_end: period.end,
  } satisfies Partial<SubscriptionRow>
}
