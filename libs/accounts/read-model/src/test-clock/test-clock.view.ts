import { col, defineView, type ViewRow } from '@billstream/event-sourcing-core'

export const testClockView = defineView(
  'accounts',
  'test_clock',
  {
    name: col.text,
    frozen_time: col.instant,
    target_time: col.nullable(col.instant),
    /** ready or advancing */
    status: col.text,
    created_at: col.instant,
    updated_at: col.instant,
  },
  [['status']],
)
export type TestClockRow = ViewRow<typeof testClockView>
