import { setMaxListeners } from 'node:events'

/** Lets many wait for the next time that something happens. */
export class ChangeSignal {
  private readonly waiting = new Set<(failure?: Error) => void>()

  /**
   * `next` for one who waits again and again, such as a subscription at every append: it listens to its signal once. Whoever
   * waits no more calls `end`.
   */
  waiter(signal?: AbortSignal): { next(): Promise<void>; end(): void } {
    let wake: ((failure?: Error) => void) | undefined
    const aborted = (): void => wake?.()
    if (signal) setMaxListeners(0, signal)
    signal?.addEventListener('abort', aborted)
    const next = (): Promise<void> =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return resolve()
        wake = (failure) => {
          if (wake) this.waiting.delete(wake)
          wake = undefined
          if (failure) reject(failure)
          else resolve()
        }
        this.waiting.add(wake)
      })
    return { next, end: () => signal?.removeEventListener('abort', aborted) }
  }

  /** Whether somebody waits now. */
  get isAwaited(): boolean {
    return this.waiting.size > 0
  }

  /** Resolves at the next `announce`, or when the signal aborts. Throws what `fail` was given. */
  next(signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve()
    // Every subscription of a program waits on the one signal of its end.
    if (signal) setMaxListeners(0, signal)
    return new Promise((resolve, reject) => {
      const settle = (failure?: Error): void => {
        this.waiting.delete(settle)
        signal?.removeEventListener('abort', aborted)
        if (failure) reject(failure)
        else resolve()
      }
      const aborted = (): void => settle()
      this.waiting.add(settle)
      signal?.addEventListener('abort', aborted)
    })
  }

  announce(): void {
    for (const settle of [...this.waiting]) settle()
  }

  fail(failure: Error): void {
    for (const settle of [...this.waiting]) settle(failure)
  }
}
