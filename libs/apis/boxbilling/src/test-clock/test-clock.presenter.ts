import type { TestClockRow } from '@billstream/accounts-read-model'

/** A test clock as GET shows it; `target_time` only while it advances. */
export function presentTestClock(clock: TestClockRow) {
  return {
    id: clock.id,
    name: clock.name,
    frozen_time: clock.frozen_time,
    target_time: clock.target_time,
    status: clock.status,
    created_at: clock.created_at,
    updated_at: clock.updated_at,
  }
}
