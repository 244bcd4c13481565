import type { Instant, Uuid } from '@billstream/kernel'
import type { Context, WantedCommand } from './command-definition'
import type { RecordedEvent } from './message'

/** Order of timers due at one instant (domain.md section 3). Lower first. */
export const TIMER_RANK = {
  subscriptionStart: 5,
  trialEnd: 10,
  periodClose: 20,
  end: 25,
  finalization: 30,
  overdue: 40,
  dunning: 50,
  other: 90,
} as const

export interface TimerToSet {
  readonly rule: string
  readonly aggregateId: string
  /** Timers due together go by rank, then by this (the subscription's id). */
  readonly rank: number
  readonly tieBreak: string
  readonly due: Instant
  /** Sent when due, with `metadata.due` = due. */
  readonly command: WantedCommand
  /** The test clock of the customer; absent: real time. */
  readonly clockId?: Uuid
}

/** `set` replaces the open timers of (rule, aggregate); `cancel` drops them. */
export type TimerChange =
  | { readonly kind: 'set'; readonly timer: TimerToSet }
  | { readonly kind: 'cancel'; readonly rule: string; readonly aggregateId: string }

/** Timers are projected from events, so the store alone rebuilds them. Pure. */
export interface TimerRules {
  readonly name: string
  readonly context: Context
  readonly on: Readonly<Record<string, (event: RecordedEvent) => readonly TimerChange[]>>
}
