/** Faults come in storms, so that what has a bound in time can keep it. In milliseconds of virtual time. */
const STORM_MS = 6_000
const CALM_MS = 12_000
/** After this what has begun must come to its end. */
const STORMY_FOR_MS = 60_000

/** Whether no fault strikes, so long after a step began. */
export function isCalmAt(sinceStepMs: number): boolean {
  return sinceStepMs > STORMY_FOR_MS || sinceStepMs % (STORM_MS + CALM_MS) > STORM_MS
}
