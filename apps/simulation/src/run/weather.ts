import type { Faults } from '../faults/faults'

/** Faults come in storms, so that what has a bound in time can keep it. In milliseconds of virtual time. */
const STORM_MS = 6_000
const CALM_MS = 12_000
/** After this what has begun must come to its end. */
const STORMY_FOR_MS = 60_000

/** Rules when faults strike within one step. */
export function setWeather(faults: Faults, sinceStepMs: number): void {
  faults.isCalm = sinceStepMs > STORMY_FOR_MS || sinceStepMs % (STORM_MS + CALM_MS) > STORM_MS
}
