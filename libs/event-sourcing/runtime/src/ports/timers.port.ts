import type { Position } from '@billstream/event-sourcing-core'

export interface Timer {
  /** v5(rule, aggregate, due). */
  readonly id: string
  readonly owner: string
  readonly rule: string
  readonly aggregateId: string
  readonly organizationId: string
  readonly clockId: string | null
  readonly due: string
  readonly rank: number
  readonly tieBreak: string
  /** `target`: the stream of the aggregate. */
  readonly command: { readonly context: string; readonly type: string; readonly data: unknown; readonly target: string }
  /** Of the event that set it; the fired command is caused by that event. */
  readonly causationId: string
}

export type TimerWrite =
  | { readonly kind: 'set'; readonly timer: Timer }
  | { readonly kind: 'cancel'; readonly owner: string; readonly rule: string; readonly aggregateId: string }

/** What is kept of a timer; of one that has fired nothing but its id. */
export type KeptTimer =
  | { readonly state: 'open'; readonly id: string; readonly due: string; readonly clockId: string | null }
  | { readonly state: 'fired'; readonly id: string }

export interface TimerFilter {
  readonly owner?: string
  readonly organizationId?: string
  readonly aggregateId?: string
  /** Inclusive. */
  readonly dueUntil?: string
  readonly limit: number
}

export interface Timers {
  checkpoint(rules: string): Promise<Position>
  /** Writes in order with the checkpoint, compare-and-set; false: a stale holder. A fired timer (kept by id) is not set again. */
  commit(rules: string, move: { from: Position; to: Position }, writes: readonly TimerWrite[]): Promise<boolean>
  /** The earliest open real-time timer of each aggregate that is due; claimed until `claimedUntil` (real time). */
  claimDue(owner: string, now: string, claimedUntil: string, limit: number): Promise<Timer[]>
  /** Due of the earliest open real-time timer of the owner that nobody has claimed, and that no other of its aggregate precedes. */
  nextDue(owner: string): Promise<string | undefined>
  /** The first open timer of a test clock up to `until`, by (due, rank, tie break, id), of every owner. */
  firstOfClock(clockId: string, until: string): Promise<Timer | undefined>
  /** After the answer. A repeat is safe. */
  fired(ids: readonly string[]): Promise<void>
  /** Gives a claim back at once, e.g. at shutdown. */
  release(ids: readonly string[]): Promise<void>
  /** Open ones, by (due, rank, tie break, id). */
  list(filter: TimerFilter): Promise<Timer[]>
  /** For operators: those of the ids that are kept. */
  kept(ids: readonly string[]): Promise<KeptTimer[]>
  /** For operators: forgets that they have fired, so that they can be set again. A repeat is safe. */
  forgetFired(ids: readonly string[]): Promise<void>
}
