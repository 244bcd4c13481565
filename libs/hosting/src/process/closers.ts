import type { Log } from '@billstream/event-sourcing-runtime'

/** What is open, to be closed in the reverse order of opening, whatever fails. A repeat is safe. */
export class Closers {
  private readonly closers: (() => Promise<void>)[] = []

  push(close: () => Promise<void>): void {
    this.closers.push(close)
  }

  async run(log: Log): Promise<void> {
    for (let close = this.closers.pop(); close; close = this.closers.pop()) {
      await close().catch((error: unknown) => log.warn({ err: error }, 'Something did not stop cleanly.'))
    }
  }
}
