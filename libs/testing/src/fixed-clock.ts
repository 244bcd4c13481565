import { addSeconds, type Clock, type Instant } from '@billstream/kernel'

/** A clock that stands still until the test moves it. */
export interface FixedClock extends Clock {
  moveTo(instant: Instant): void
  /** seconds: whole; a negative number goes back. */
  advance(seconds: number): void
}

export function fixedClock(start: Instant = '2026-01-01T00:00:00.000Z'): FixedClock {
  let current = start
  return {
    now: () => current,
    moveTo: (instant) => {
      current = instant
    },
    advance: (seconds) => {
      current = addSeconds(current, seconds)
    },
  }
}
