import { systemSleeper } from '@billstream/platform'
import type { Time } from '../console/progress'

/** The time of the process. */
export const realTime: Time = {
  now: () => performance.now(),
  every: (ms, work) => {
    const stop = new AbortController()
    void repeat(ms, work, stop.signal)
    return () => stop.abort()
  },
}

async function repeat(ms: number, work: () => void, signal: AbortSignal): Promise<void> {
  for (;;) {
    await systemSleeper.sleep(ms, signal)
    if (signal.aborted) return
    work()
  }
}
