import { epochMillis, type Clock, type Instant } from '@billstream/kernel'

/** From one step to the next, in seconds: no step takes so long. */
const STEP_SECONDS = 3_600
/** Later than the time of any database: what it stores must not seem to lie ahead. */
const START = '2090-01-01T00:00:00.000Z'
/** What `atSteps` takes for a time of this clock. */
const OWN_TIME = /^2090-01-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/

/** Real time that starts anew, an hour later, with each step: so what happened in which step can be told from it. */
export interface SteppedClock extends Clock {
  step(): void
}

export function steppedClock(): SteppedClock {
  let base = epochMillis(START)
  let since = performance.now()
  return {
    now: (): Instant => new Date(base + Math.floor(performance.now() - since)).toISOString(),
    step() {
      base += STEP_SECONDS * 1_000
      since = performance.now()
    },
  }
}

/** The value with each time of a stepped clock put back to the beginning of its step. */
export function atSteps(value: unknown): unknown {
  if (typeof value === 'string') return OWN_TIME.test(value) ? `${value.slice(0, 13)}:00` : value
  if (Array.isArray(value)) return value.map(atSteps)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, atSteps(inner)]))
}
