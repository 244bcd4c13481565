import { systemClock, systemSleeper } from '@billstream/platform'

/** One Ctrl-C reaches the process twice, from the terminal and from npm or a supervisor: within this time it is the same. */
const SAME_STOP_MS = 500

export interface StopOptions {
  /** The orderly end: stops taking work, closes what is open. */
  readonly stop: () => Promise<void>
  /** A stop that takes longer ends the process at once, with 1, and says so. */
  readonly timeoutMs: () => number
}

/** The order to stop, for whoever hears it: the first does, with 0 at its end; another one ends the process at once, with 1. */
export function stopOrder({ stop, timeoutMs }: StopOptions): () => void {
  let stoppingSinceMs: number | undefined
  return () => {
    const now = Date.parse(systemClock.now())
    if (stoppingSinceMs !== undefined) {
      if (now - stoppingSinceMs > SAME_STOP_MS) cutOff('It was told to stop a second time')
      return
    }
    stoppingSinceMs = now
    const limitMs = timeoutMs()
    void systemSleeper.sleep(limitMs).then(() => cutOff(`Its stop took longer than ${limitMs / 1000} s`))
    void stop().then(
      () => process.exit(0),
      (error: unknown) => cutOff(`Its stop failed: ${String(error)}`),
    )
  }
}

function cutOff(why: string): never {
  process.stderr.write(`${why}: process ${process.pid} ends at once. What was under way comes again.\n`)
  process.exit(1)
}

/** SIGHUP: the terminal is closed. Node ends at it even under nohup, so an orderly end takes nothing away. */
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** From now on, also while the program starts. */
export function stopOnSignals(order: () => void): void {
  for (const signal of STOP_SIGNALS) process.on(signal, order)
}

/** What a start comes to. undefined: it was told to stop meanwhile, and has closed again what it had opened. */
export async function unlessStopped<T>(starting: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  try {
    return await starting
  } catch (error) {
    // Whatever fails once it is told to stop is part of the stop: Ctrl-C in a terminal also reaches what it has begun.
    if (signal.aborted) return undefined
    throw error
  }
}
