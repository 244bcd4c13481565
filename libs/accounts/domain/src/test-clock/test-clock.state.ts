import type { TestClockEvent } from '@billstream/accounts-contracts'
import { assertNever } from '@billstream/kernel'

export type TestClock =
  | { readonly status: 'none' }
  | { readonly status: 'ready'; readonly testClockId: string; readonly frozenTime: string }
  | {
      readonly status: 'advancing'
      readonly testClockId: string
      readonly frozenTime: string
      readonly targetTime: string
    }

export const noTestClock: TestClock = { status: 'none' }

export function evolveTestClock(state: TestClock, event: TestClockEvent): TestClock {
  const { testClockId } = event.data
  switch (event.type) {
    case 'TestClockCreated':
    case 'TestClockAdvanced':
      return { status: 'ready', testClockId, frozenTime: event.data.frozenTime }
    case 'TestClockAdvanceStarted':
      return { status: 'advancing', testClockId, frozenTime: event.data.from, targetTime: event.data.targetTime }
    case 'TestClockStepped':
      return state.status === 'none' ? state : { ...state, frozenTime: event.data.frozenTime }
    default:
      return assertNever(event)
  }
}
