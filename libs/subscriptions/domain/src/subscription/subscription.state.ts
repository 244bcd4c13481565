import { assertNever, type Period } from '@billstream/kernel'
import type { EventOf } from '@billstream/event-sourcing-core'
import {
  correctionBoundary,
  type BillingTerms,
  type Boundary,
  type SubscribedPlan,
  type SubscriptionCreated,
  type SubscriptionEvent,
} from '@billstream/subscriptions-contracts'

/** What stays the same for the whole life. */
export interface SubscriptionTerms {
  readonly subscriptionId: string
  readonly externalId: string
  readonly customerId: string
  readonly externalCustomerId: string
  readonly billingTime: BillingTerms['billingTime']
  readonly payInAdvance: boolean
  readonly onTerminationAction: EventOf<typeof SubscriptionCreated>['data']['onTerminationAction']
}

export interface PendingSubscription {
  readonly status: 'pending'
  readonly terms: SubscriptionTerms
  /** null: it waits to be activated by hand. */
  readonly startsAt: string | null
}

export interface ActiveSubscription {
  readonly status: 'active'
  readonly terms: SubscriptionTerms
  /** The version that is billed, fixed at the start. */
  readonly plan: SubscribedPlan
  readonly startedAt: string
  /** The full period that is open; the first one may have begun before the start. */
  readonly period: Period
  /** Rules the open period. */
  readonly timezone: string
}

interface EndedSubscription {
  readonly status: 'ended'
  readonly terms: SubscriptionTerms
  /** Where late usage is billed, or was last; null: it never ran. */
  readonly correction: Boundary | null
}

export type SubscriptionState =
  { readonly status: 'none' } | PendingSubscription | ActiveSubscription | EndedSubscription

export const noSubscription: SubscriptionState = { status: 'none' }

export function evolveSubscription(state: SubscriptionState, event: SubscriptionEvent): SubscriptionState {
  switch (event.type) {
    case 'SubscriptionCreated':
      return { status: 'pending', terms: termsOf(event), startsAt: event.data.startsAt }
    case 'SubscriptionStarted':
      return state.status === 'pending' ? started(state, event) : state
    case 'SubscriptionPeriodClosed':
      return state.status === 'active' ? { ...state, period: event.data.next, timezone: event.data.timezone } : state
    case 'SubscriptionTerminated':
      return state.status === 'none' ? state : ended(state.terms, event)
    case 'SubscriptionLateUsageNoted':
      return state.status === 'ended' ? { ...state, correction: event.data.boundary } : state
    default:
      return assertNever(event)
  }
}

type Of<Type extends SubscriptionEvent['type']> = Extract<SubscriptionEvent, { type: Type }>

function started({ terms }: PendingSubscription, { data }: Of<'SubscriptionStarted'>): ActiveSubscription {
  const { startedAt, period, timezone, boundary } = data
  return { status: 'active', terms, plan: boundary.plan, startedAt, period, timezone }
}

/** What came late before the end, or comes soon after it, is billed a day after it. */
function ended(terms: SubscriptionTerms, { data }: Of<'SubscriptionTerminated'>): EndedSubscription {
  const { boundary, endedAt } = data
  return { status: 'ended', terms, correction: boundary && correctionBoundary(boundary, endedAt) }
}

function termsOf({ data }: Of<'SubscriptionCreated'>): SubscriptionTerms {
  const { subscriptionId, externalId, customerId, externalCustomerId } = data
  const { billingTime, payInAdvance, onTerminationAction } = data
  return {
    subscriptionId,
    externalId,
    customerId,
    externalCustomerId,
    billingTime,
    payInAdvance,
    onTerminationAction,
  }
}
