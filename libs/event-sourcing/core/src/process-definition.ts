import type { RecordedEvent } from './message'
import type { Context, WantedCommand } from './command-definition'

/**
 * What a refused command means to the process that wanted it. `retry`: later, and later each time. `wait`: something else
 * must come first and soon will; asked again after a moment, no try is counted.
 */
export type RefusalPolicy = 'ignore' | 'retry' | 'wait' | 'alarm'

/**
 * A business reaction: events in, wanted commands out; pure. Named after its rule (`draft-invoice-when-period-measured`).
 * A command's id is derived from (process, event, index), so duplicates, reordering and crashes repeat the command, not the effect.
 */
export interface ProcessDefinition<State = unknown> {
  readonly name: string
  /** The context that runs it, and writes its rows. */
  readonly context: Context
  /** Event types that it reacts to. */
  readonly reactsTo: readonly string[]
  /** Key of its state row; absent: the process has no state. */
  key?(event: RecordedEvent): string
  readonly initial?: State
  evolve?(state: State, event: RecordedEvent): State
  react(event: RecordedEvent, state: State): readonly WantedCommand[]
  /** By refusal code; what is not named is `alarm`. */
  readonly refusals?: Readonly<Record<string, RefusalPolicy>>
}
