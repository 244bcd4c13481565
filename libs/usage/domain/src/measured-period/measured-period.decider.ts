import { ok } from '@billstream/kernel'
import type { Decider } from '@billstream/event-sourcing-core'
import {
  MeasuredPeriodChanged,
  NotePeriodChange,
  type MeasuredPeriodCommand,
  type MeasuredPeriodEvent,
} from '@billstream/usage-contracts'

export interface MeasuredPeriodState {
  /** The last change that was noted; 0 before the first. */
  readonly change: number
}

/** The changes of one measured period. The log counts them; a change that is told again, or late, records nothing. */
export const measuredPeriodDecider: Decider<MeasuredPeriodState, MeasuredPeriodCommand, MeasuredPeriodEvent> = {
  category: 'measured-period',
  commands: [NotePeriodChange],
  events: [MeasuredPeriodChanged],
  initial: { change: 0 },
  foldVersion: 1,
  decide: ({ data }, state) => ok(data.change > state.change ? [MeasuredPeriodChanged(data)] : []),
  evolve: (_, { data }) => ({ change: data.change }),
}
