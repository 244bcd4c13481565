import { assertNever } from '@billstream/kernel'
import type { PlanEvent, PlanInterval, PlanTerms } from '@billstream/subscriptions-contracts'

export interface ActivePlan {
  readonly status: 'active'
  readonly planId: string
  readonly code: string
  readonly name: string
  readonly description: string | null
  readonly interval: PlanInterval
  readonly version: number
  readonly terms: PlanTerms
}

export type PlanState = { readonly status: 'none' } | ActivePlan | { readonly status: 'archived' }

export const noPlan: PlanState = { status: 'none' }

export function evolvePlan(state: PlanState, event: PlanEvent): PlanState {
  switch (event.type) {
    case 'PlanCreated':
      return { status: 'active', ...event.data }
    case 'PlanRenamed':
      return state.status === 'active'
        ? { ...state, name: event.data.name, description: event.data.description }
        : state
    case 'PlanVersioned':
      return state.status === 'active' ? { ...state, version: event.data.version, terms: event.data.terms } : state
    case 'PlanArchived':
      return { status: 'archived' }
    default:
      return assertNever(event)
  }
}
