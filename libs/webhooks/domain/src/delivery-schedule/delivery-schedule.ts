import { derivedId, epochMillis, instantOfMillis, type Instant } from '@billstream/kernel'

/** Before each attempt, counted from the end of the one before. Source: domain.md, section 13. */
const MINUTE_S = 60
const HOUR_S = 3_600
const DELAYS_S = [0, 5, 5 * MINUTE_S, 30 * MINUTE_S, ...[2, 5, 10, 14, 20, 24].map((hours) => hours * HOUR_S)]

/** Attempts in all, the first one included. */
export const ATTEMPTS_MAX = DELAYS_S.length
/** A delay is lengthened by up to this share of it, so that what failed together does not come back together. */
export const JITTER_SHARE_MAX = 0.2
/** A receiver may ask for no longer pause. */
export const RETRY_AFTER_MAX_S = 24 * HOUR_S
/** An endpoint is disabled when every attempt of so long a time has failed. */
const FAILING_MAX_S = 5 * 24 * HOUR_S

const HASH_HEX_DIGITS = 8

/**
 * When a failed delivery is tried again; null: it is given up. attempts: those that were made. retryAfterS: what the receiver
 * asked for, in seconds. The jitter follows from the delivery and the attempt, so a repeat gives the same instant.
 */
export function nextAttemptAt(failed: {
  readonly deliveryId: string
  readonly attempts: number
  readonly now: Instant
  readonly retryAfterS: number | null
}): Instant | null {
  const delayS = DELAYS_S[failed.attempts]
  if (delayS === undefined) return null
  const jittered = delayS * (1 + JITTER_SHARE_MAX * shareOf(failed.deliveryId, failed.attempts))
  const waitS = Math.max(jittered, Math.min(failed.retryAfterS ?? 0, RETRY_AFTER_MAX_S))
  return instantOfMillis(epochMillis(failed.now) + Math.round(waitS * 1_000))
}

/** Whether an endpoint that has failed since then, without one success, is to be disabled. */
export function failsTooLong(since: Instant, now: Instant): boolean {
  return epochMillis(now) - epochMillis(since) >= FAILING_MAX_S * 1_000
}

/** Evenly in [0, 1). */
function shareOf(deliveryId: string, attempts: number): number {
  const hash = derivedId('webhook-jitter', deliveryId, attempts).slice(0, HASH_HEX_DIGITS)
  return Number.parseInt(hash, 16) / 16 ** HASH_HEX_DIGITS
}
