import { addSeconds, epochMillis, instantOfMillis, type Instant } from '@billstream/kernel'

const FIRST_FOLLOW_UPS_S = [10, 900] as const
const LATER_FOLLOW_UPS_S = 3_600
const STEP_FOLLOW_UP_MAX_S = 60

/** When an open or unknown outcome is asked for again: after 10 s, 15 minutes, then hourly. Source: domain.md, section 10. */
export function followUpAt(now: Instant, asked: number): Instant {
  return addSeconds(now, FIRST_FOLLOW_UPS_S[asked] ?? LATER_FOLLOW_UPS_S)
}

/** A test clock's step waits for the outcome until it is known: soon, and then at longer intervals. */
export function stepFollowUpAt(now: Instant, asked: number): Instant {
  return addSeconds(now, Math.min(2 ** asked, STEP_FOLLOW_UP_MAX_S))
}

export function afterMillis(now: Instant, ms: number): Instant {
  return instantOfMillis(epochMillis(now) + ms)
}
