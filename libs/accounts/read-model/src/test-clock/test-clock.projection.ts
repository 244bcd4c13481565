import {
  TestClockAdvanced,
  TestClockAdvanceStarted,
  TestClockCreated,
  TestClockStepped,
} from '@billstream/accounts-contracts'
import { defineProjection, on, type RecordedEvent } from '@billstream/event-sourcing-core'
import { testClockView, type TestClockRow } from './test-clock.view'

export const testClockProjection = defineProjection({
  name: 'accounts.test_clock',
  view: testClockView,
  version: 1,
  on: {
    ...on(TestClockCreated, ({ data, metadata, recordedAt }) => [
      {
        id: data.testClockId,
        row: {
          organization_id: metadata.organizationId,
          id: data.testClockId,
          name: data.name,
          frozen_time: data.frozenTime,
          target_time: null,
          status: 'ready',
          created_at: recordedAt,
          updated_at: recordedAt,
        } satisfies TestClockRow,
      },
    ]),
    ...on(TestClockAdvanceStarted, (event) => [
      change(event, { status: 'advancing', target_time: event.data.targetTime }),
    ]),
    ...on(TestClockStepped, (event) => [change(event, { frozen_time: event.data.frozenTime })]),
    ...on(TestClockAdvanced, (event) => [
      change(event, { status: 'ready', frozen_time: event.data.frozenTime, target_time: null }),
    ]),
  },
})

function change(event: RecordedEvent<string, { testClockId: string }>, columns: Partial<TestClockRow>) {
  return {
    id: event.data.testClockId,
    fold: (row: TestClockRow | undefined) => row && { ...row, ...columns, updated_at: event.recordedAt },
  }
}
