import type { Log } from '@billstream/event-sourcing-runtime'
import type { Metrics } from './metrics'
import type { Tracing } from './tracing'

/** What a process tells of itself to those who run it. */
export interface Signals {
  readonly log: Log
  readonly metrics: Metrics
  /** Absent: traces are off. */
  readonly tracing?: Tracing | undefined
}
