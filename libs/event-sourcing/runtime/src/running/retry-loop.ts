import type { Log, Sleeper } from '../service/platform-ports'

/** Pause after a failure, in milliseconds; doubled each time up to the bound. */
export const RETRY_DELAY_MS = 100
export const RETRY_DELAY_MAX_MS = 5_000

/** Runs `work` until the signal aborts; what throws is infrastructure (or a bug): logged, paused, run again. */
export async function runUntilAborted(
  name: string,
  signal: AbortSignal,
  { log, sleeper }: { log: Log; sleeper: Sleeper },
  work: () => Promise<void>,
): Promise<void> {
  let delayMs = RETRY_DELAY_MS
  while (!signal.aborted) {
    const failure = await failureOf(work)
    if (failure === undefined) {
      delayMs = RETRY_DELAY_MS
      continue
    }
    log.warn({ loop: name, err: failure }, 'A loop failed and runs again.')
    await sleeper.sleep(delayMs, signal)
    delayMs = Math.min(delayMs * 2, RETRY_DELAY_MAX_MS)
  }
}

async function failureOf(work: () => Promise<void>): Promise<unknown> {
  try {
    await work()
    return undefined
  } catch (error) {
    return error ?? new Error('unknown failure')
  }
}
