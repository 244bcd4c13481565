import { Type } from '@sinclair/typebox'
import { defineCommand, defineEvent, Field, type CommandOf, type EventOf } from '@billstream/event-sourcing-core'

const { id, text, instant } = Field
const target = {
  context: 'accounts',
  category: 'test-clock',
  aggregateId: (d: { testClockId: string }) => d.testClockId,
} as const

export const CreateTestClock = defineCommand(
  'CreateTestClock',
  { ...target, creates: true },
  Type.Object({ testClockId: id, name: text, frozenTime: instant }),
)
/** Refusals: `frozen_time_earlier` (field frozen_time), `test_clock_advancing` for another target. An equal target does nothing. */
export const AdvanceTestClock = defineCommand(
  'AdvanceTestClock',
  target,
  Type.Object({ testClockId: id, targetTime: instant }),
)
/** One step of a running advance: the clock stands at the due time of the timer that fires next. */
export const StepTestClock = defineCommand(
  'StepTestClock',
  target,
  Type.Object({ testClockId: id, frozenTime: instant }),
)
/** The target is reached and everything that descends from its timers is done. */
export const FinishTestClockAdvance = defineCommand('FinishTestClockAdvance', target, Type.Object({ testClockId: id }))

export const TestClockCreated = defineEvent(
  'TestClockCreated',
  Type.Object({ testClockId: id, name: text, frozenTime: instant }),
)
export const TestClockAdvanceStarted = defineEvent(
  'TestClockAdvanceStarted',
  Type.Object({ testClockId: id, from: instant, targetTime: instant }),
)
export const TestClockStepped = defineEvent('TestClockStepped', Type.Object({ testClockId: id, frozenTime: instant }))
export const TestClockAdvanced = defineEvent('TestClockAdvanced', Type.Object({ testClockId: id, frozenTime: instant }))

export type TestClockCommand =
  | CommandOf<typeof CreateTestClock>
  | CommandOf<typeof AdvanceTestClock>
  | CommandOf<typeof StepTestClock>
  | CommandOf<typeof FinishTestClockAdvance>
export type TestClockEvent =
  | EventOf<typeof TestClockCreated>
  | EventOf<typeof TestClockAdvanceStarted>
  | EventOf<typeof TestClockStepped>
  | EventOf<typeof TestClockAdvanced>
