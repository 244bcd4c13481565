import { ok } from '@billstream/kernel'
import type { Decider } from '@billstream/event-sourcing-core'
import {
  MeasurePeriod,
  PeriodMeasured,
  type MeasuredCharge,
  type MeasuredCorrection,
  type MeasurementCommand,
  type MeasurementEvent,
} from '@billstream/usage-contracts'

/** What the log measured under the measurement's id: the same for every repeat. */
export interface MeasurePeriodFacts {
  readonly charges: readonly MeasuredCharge[]
  readonly corrections: readonly MeasuredCorrection[]
  readonly watermark: string
}

/** Nothing is closed, and no earlier period is open: there is nothing to record. */
export const NOTHING_TO_MEASURE = 'nothing'

export type MeasurementState = { readonly status: 'not_measured' } | { readonly status: 'measured' }

/** A measurement as a recorded fact: made once, by its id. A further request records nothing. */
export const measurementDecider: Decider<MeasurementState, MeasurementCommand, MeasurementEvent> = {
  category: 'measurement',
  commands: [MeasurePeriod],
  events: [PeriodMeasured],
  initial: { status: 'not_measured' },
  foldVersion: 1,
  decide({ data, facts }, state) {
    if (state.status === 'measured') return ok([])
    const measured = facts as MeasurePeriodFacts | typeof NOTHING_TO_MEASURE
    if (measured === NOTHING_TO_MEASURE) return ok([])
    const { charges, corrections, watermark } = measured
    return ok([PeriodMeasured({ ...data, charges: [...charges], corrections: [...corrections], watermark })])
  },
  evolve: () => ({ status: 'measured' }),
}
