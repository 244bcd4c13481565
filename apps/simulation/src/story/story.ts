import type { TerminateSubscription } from '@billstream/subscriptions-contracts'
import type { CommandOf } from '@billstream/event-sourcing-core'
import type { Aggregation } from '@billstream/usage-contracts'

/** Everything that customers and operators of one seed do. Members name each other by their place in the lists. */
export interface Story {
  readonly seed: number
  readonly setting: Setting
  readonly actions: readonly Action[]
}

/** What is there before the first action. */
export interface Setting {
  readonly timezone: string
  readonly metrics: readonly MetricSetting[]
  readonly plans: readonly PlanSetting[]
  readonly taxes: readonly TaxSetting[]
  /** How many test clocks. */
  readonly clocks: number
  readonly customers: readonly CustomerSetting[]
  readonly endpoints: readonly string[]
}

export interface MetricSetting {
  readonly code: string
  readonly aggregation: Aggregation
  readonly rounding: { readonly fn: 'round' | 'ceil' | 'floor'; readonly precision: number } | null
}

/** A range of units as the public API takes it; decimals as text, prices in minor units. */
export interface RangeSetting {
  readonly from_value: string
  readonly to_value: string | null
  readonly per_unit_amount: string
  readonly flat_amount: string
}

export type ChargeSetting = { readonly metric: number } & (
  | {
      readonly model: 'standard'
      readonly properties: { readonly amount: string; readonly min_price?: string; readonly max_price?: string }
    }
  | { readonly model: 'graduated'; readonly properties: { readonly graduated_ranges: readonly RangeSetting[] } }
  | { readonly model: 'volume'; readonly properties: { readonly volume_ranges: readonly RangeSetting[] } }
  | {
      readonly model: 'package'
      readonly properties: { readonly amount: string; readonly package_size: string; readonly free_units: string }
    }
)

export interface PlanSetting {
  readonly interval: 'weekly' | 'monthly' | 'quarterly' | 'yearly'
  /** Minor units. */
  readonly amount: string
  readonly charges: readonly ChargeSetting[]
}

/** rate: percent. customer: null is the whole organization. */
interface TaxSetting {
  readonly rate: string
  readonly customer: number | null
}

export interface CustomerSetting {
  /** null: real time. */
  readonly clock: number | null
  readonly timezone: string | null
  readonly graceDays: number | null
  /** Of the sandbox; null: no payment method. */
  readonly token: string | null
}

/** transaction: its number in the story. hoursAgo: before the customer's now, below 0 is ahead of it. */
export interface UsageSketch {
  readonly transaction: number
  readonly metric: number
  readonly hoursAgo: number
  readonly value: string
  /** Bound to one of the customer's subscriptions; null: to none. */
  readonly subscription: number | null
  /** Sent before: the same again, or under the same id with another value. */
  readonly again: 'same' | 'other' | null
}

type TerminationAction = CommandOf<typeof TerminateSubscription>['data']['onTerminationAction']

/** id: stays the same when others are left out. */
export type Action = { readonly id: number } & (
  | {
      readonly kind: 'subscribe'
      readonly customer: number
      readonly plan: number
      readonly billingTime: 'calendar' | 'anniversary'
      readonly payInAdvance: boolean
      readonly onTermination: Exclude<TerminationAction, null>
      /** Before the customer's now; below 0 it starts later; null: not until it is activated. */
      readonly startedHoursAgo: number | null
    }
  | { readonly kind: 'activate'; readonly subscription: number }
  | { readonly kind: 'ingest'; readonly customer: number; readonly events: readonly UsageSketch[] }
  | { readonly kind: 'change-plan'; readonly plan: number; readonly to: PlanSetting }
  | { readonly kind: 'advance-clock'; readonly clock: number; readonly hours: number }
  | { readonly kind: 'pass-time'; readonly hours: number }
  | { readonly kind: 'add-method'; readonly customer: number; readonly token: string }
  | { readonly kind: 'retry-payments'; readonly customer: number }
  | { readonly kind: 'finalize-drafts'; readonly customer: number }
  | { readonly kind: 'terminate'; readonly subscription: number; readonly onTermination: TerminationAction }
  | {
      readonly kind: 'change-customer'
      readonly customer: number
      readonly timezone: string
      readonly graceDays: number
    }
)
export type ActionOf<Kind extends Action['kind']> = Extract<Action, { kind: Kind }>
