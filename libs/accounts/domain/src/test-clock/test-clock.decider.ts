import {
  AdvanceTestClock,
  CreateTestClock,
  FinishTestClockAdvance,
  StepTestClock,
  TestClockAdvanced,
  TestClockAdvanceStarted,
  TestClockCreated,
  TestClockStepped,
  type AccountsRefusal,
  type TestClockCommand,
  type TestClockEvent,
} from '@billstream/accounts-contracts'
import type { Decider } from '@billstream/event-sourcing-core'
import { assertNever, compareInstants, ok, refuse, type Result } from '@billstream/kernel'
import { evolveTestClock, noTestClock, type TestClock } from './test-clock.state'

export interface TestClockFacts {
  /** The organization is a test one. */
  readonly testOrganization: boolean
}

type Decision = Result<readonly TestClockEvent[], AccountsRefusal>
type CommandData<Type extends TestClockCommand['type']> = Extract<TestClockCommand, { type: Type }>['data']

/** A clock of test customers: it only goes forward, step by step, to one target at a time. Source: domain.md, section 3. */
export const testClockDecider: Decider<TestClock, TestClockCommand, TestClockEvent> = {
  category: 'test-clock',
  commands: [CreateTestClock, AdvanceTestClock, StepTestClock, FinishTestClockAdvance],
  events: [TestClockCreated, TestClockAdvanceStarted, TestClockStepped, TestClockAdvanced],
  initial: noTestClock,
  foldVersion: 1,
  decide(command, state) {
    switch (command.type) {
      case 'CreateTestClock':
        return create(command.data, state, command.facts as TestClockFacts | undefined)
      case 'AdvanceTestClock':
        return advance(command.data, state)
      case 'StepTestClock':
        return step(command.data, state)
      case 'FinishTestClockAdvance':
        return finish(state)
      default:
        return assertNever(command)
    }
  },
  evolve: evolveTestClock,
}

function create(data: CommandData<'CreateTestClock'>, state: TestClock, facts: TestClockFacts | undefined): Decision {
  if (state.status !== 'none') return refuse('test_clock_exists', 'This test clock exists already.')
  if (!facts?.testOrganization) {
    return refuse('test_organization_only', 'Test clocks exist in test organizations only.')
  }
  return ok([TestClockCreated(data)])
}

function advance({ testClockId, targetTime }: CommandData<'AdvanceTestClock'>, state: TestClock): Decision {
  switch (state.status) {
    case 'none':
      return noSuchClock()
    case 'advancing':
      return compareInstants(targetTime, state.targetTime) === 0
        ? ok([])
        : refuse('test_clock_advancing', `The clock is on its way to ${state.targetTime}.`)
    case 'ready': {
      const order = compareInstants(targetTime, state.frozenTime)
      if (order < 0) return refuse('frozen_time_earlier', `The clock stands at ${state.frozenTime}.`, 'frozen_time')
      return ok(order === 0 ? [] : [TestClockAdvanceStarted({ testClockId, from: state.frozenTime, targetTime })])
    }
    default:
      return assertNever(state)
  }
}

/** After a crash the same step comes again: what lies behind the clock changes nothing. */
function step({ testClockId, frozenTime }: CommandData<'StepTestClock'>, state: TestClock): Decision {
  if (state.status === 'none') return noSuchClock()
  if (compareInstants(frozenTime, state.frozenTime) <= 0) return ok([])
  if (state.status === 'ready') return refuse('test_clock_not_advancing', 'The clock is not advancing.')
  return compareInstants(frozenTime, state.targetTime) > 0
    ? refuse('step_beyond_target', `The clock advances to ${state.targetTime} only.`)
    : ok([TestClockStepped({ testClockId, frozenTime })])
}

function finish(state: TestClock): Decision {
  switch (state.status) {
    case 'none':
      return noSuchClock()
    case 'ready':
      return ok([])
    case 'advancing':
      return ok([TestClockAdvanced({ testClockId: state.testClockId, frozenTime: state.targetTime })])
    default:
      return assertNever(state)
  }
}

function noSuchClock(): Decision {
  return refuse('test_clock_not_found', 'There is no such test clock.')
}
