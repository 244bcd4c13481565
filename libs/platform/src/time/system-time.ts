import { setTimeout as wait } from 'node:timers/promises'
import type { Sleeper } from '@billstream/event-sourcing-runtime'
import { timeOrderedId, type Clock, type IdSource } from '@billstream/kernel'

/** Real time. */
export const systemClock: Clock = { now: () => new Date().toISOString() }

/** UUID v7. */
export const systemIds: IdSource = { next: timeOrderedId }

/** Really waits; an abort ends the wait and is not an error. */
export const systemSleeper: Sleeper = {
  async sleep(ms, signal) {
    if (signal?.aborted) return
    try {
      await wait(ms, undefined, { ...(signal && { signal }) })
    } catch (error) {
      if (!signal?.aborted) throw error
    }
  },
}
