import { Type, type Static } from '@sinclair/typebox'
import { addCivilDays, type Instant } from '@billstream/kernel'
import {
  defineCommand,
  defineEvent,
  Field,
  PeriodField,
  type CommandOf,
  type EventOf,
} from '@billstream/event-sourcing-core'
import { PlanInterval } from './plan'

const { id, text, orNull, integer, minor, currency, timezone, instant, boolean } = Field
const target = {
  context: 'subscriptions',
  category: 'subscription',
  aggregateId: (d: { subscriptionId: string }) => d.subscriptionId,
} as const

export const BillingTime = Type.Union([Type.Literal('calendar'), Type.Literal('anniversary')])
export const TerminationAction = Type.Union([
  Type.Literal('generate_invoice'),
  Type.Literal('generate_credit_note'),
  Type.Literal('skip'),
])

/** The plan version that a subscription bills, fixed at its start; charges are read from the plan's version by id. */
export const SubscribedPlan = Type.Object({
  planId: id,
  planVersion: integer,
  planName: text,
  interval: PlanInterval,
  amount: minor,
  currency,
})
export type SubscribedPlan = Static<typeof SubscribedPlan>

/** The base fee of the part [from, to) of the full period, in civil days of the billing timezone. */
export const BasePart = Type.Object({ plan: SubscribedPlan, full: PeriodField, from: instant, to: instant, timezone })
export type BasePart = Static<typeof BasePart>

/**
 * A boundary is one recorded event of a subscription; it has at most one invoice, whose id is v5 of that event's id.
 * `closed`: usage in [start, end) is billed at the plan version that ruled it. `base`: what base fee falls due, if any.
 * `correction`: after the end, when usage that came late is looked at; it closes nothing.
 */
export const Boundary = Type.Object({
  kind: Type.Union([
    Type.Literal('start'),
    Type.Literal('period_close'),
    Type.Literal('end'),
    Type.Literal('correction'),
  ]),
  at: instant,
  customerId: id,
  externalCustomerId: text,
  externalSubscriptionId: text,
  plan: SubscribedPlan,
  closed: orNull(PeriodField),
  base: orNull(BasePart),
})
export type Boundary = Static<typeof Boundary>

/**
 * Facts (gathered): customer, plan's newest version, organization's timezone. With no start the subscription is pending.
 * Refusals: `customer_not_found`, `plan_not_found`, `external_id_taken`, `not_available`, `started_too_long_ago`.
 */
export const CreateSubscription = defineCommand(
  'CreateSubscription',
  { ...target, creates: true },
  Type.Object({
    subscriptionId: id,
    externalId: text,
    customerId: id,
    planId: id,
    billingTime: BillingTime,
    payInAdvance: boolean,
    onTerminationAction: TerminationAction,
    startedAt: orNull(instant),
    subscriptionAt: orNull(instant),
  }),
)
/** By hand (start = now) or by the timer of a start in the future. Refusal `subscription_not_pending`. */
export const ActivateSubscription = defineCommand('ActivateSubscription', target, Type.Object({ subscriptionId: id }))
/** By the timer at the period's end. Refusal `period_not_due` (already closed, or not active). */
export const ClosePeriod = defineCommand('ClosePeriod', target, Type.Object({ subscriptionId: id, periodEnd: instant }))
/** Refusals `subscription_ended`, `not_available` (generate_credit_note of one that is paid in advance). */
export const TerminateSubscription = defineCommand(
  'TerminateSubscription',
  target,
  Type.Object({ subscriptionId: id, onTerminationAction: orNull(TerminationAction) }),
)
/**
 * Usage came for a period that was measured before. Only one that has ended records it: no further boundary would bill it.
 * Refusal `subscription_not_found`.
 */
export const NoteLateUsage = defineCommand('NoteLateUsage', target, Type.Object({ subscriptionId: id }))

const identity = { subscriptionId: id, externalId: text, customerId: id, externalCustomerId: text }

export const SubscriptionCreated = defineEvent(
  'SubscriptionCreated',
  Type.Object({
    ...identity,
    billingTime: BillingTime,
    payInAdvance: boolean,
    onTerminationAction: TerminationAction,
    plan: SubscribedPlan,
    timezone,
    subscriptionAt: orNull(instant),
    startsAt: orNull(instant),
  }),
)
/**
 * It runs from `startedAt`; `period` is the full period that holds it, in `timezone`. The boundary `start` bills the base in
 * advance, and names the plan version that is billed from now on.
 */
export const SubscriptionStarted = defineEvent(
  'SubscriptionStarted',
  Type.Object({ subscriptionId: id, startedAt: instant, period: PeriodField, timezone, boundary: Boundary }),
)
/** `next` begins where the closed period ended; `timezone` is the one that rules `next`. */
export const SubscriptionPeriodClosed = defineEvent(
  'SubscriptionPeriodClosed',
  Type.Object({ subscriptionId: id, next: PeriodField, timezone, boundary: Boundary }),
)
export const SubscriptionTerminated = defineEvent(
  'SubscriptionTerminated',
  Type.Object({
    subscriptionId: id,
    endedAt: instant,
    onTerminationAction: TerminationAction,
    boundary: Type.Union([Boundary, Type.Null()]),
  }),
)
/** `boundary.at`: when what came late, until then, is billed. A change within that time is covered by it. */
export const SubscriptionLateUsageNoted = defineEvent(
  'SubscriptionLateUsageNoted',
  Type.Object({ subscriptionId: id, boundary: Boundary }),
)

/**
 * The boundary at which late usage of an ended subscription is billed: of the same customer and plan version as its last one, 24
 * hours after it was heard of, so that a day's usage makes one invoice.
 */
export function correctionBoundary(last: Boundary, heardAt: Instant): Boundary {
  return { ...last, kind: 'correction', at: addCivilDays(heardAt, 1, 'UTC'), closed: null, base: null }
}

export type SubscriptionCommand =
  | CommandOf<typeof CreateSubscription>
  | CommandOf<typeof ActivateSubscription>
  | CommandOf<typeof ClosePeriod>
  | CommandOf<typeof TerminateSubscription>
  | CommandOf<typeof NoteLateUsage>
export type SubscriptionEvent =
  | EventOf<typeof SubscriptionCreated>
  | EventOf<typeof SubscriptionStarted>
  | EventOf<typeof SubscriptionPeriodClosed>
  | EventOf<typeof SubscriptionTerminated>
  | EventOf<typeof SubscriptionLateUsageNoted>
