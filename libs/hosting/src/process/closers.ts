import type { Log } from '@billstream/event-sourcing-runtime'

/**
 * What is open, to be closed in the reverse order of opening, whatever fails. A repeat is safe. With a signal, a start that is
 * told to stop goes no further than to the next thing that it opens.
 */
export class Closers {
  private readonly closers: (() => Promise<void>)[] = []

  constructor(private readonly signal?: AbortSignal) {}

  /** Throws the reason of the signal when that is aborted; `run` closes what was opened all the same. */
  push(close: () => Promise<void>): void {
    this.closers.push(close)
    this.signal?.throwIfAborted()
  }

  async run(log: Log): Promise<void> {
    for (let close = this.closers.pop(); close; close = this.closers.pop()) {
      await close().catch((error: unknown) => log.warn({ err: error }, 'Something did not stop cleanly.'))
    }
  }
}
