import { StoreUnavailable, type StreamId } from '@billstream/event-sourcing-runtime'

/** Appends that are with the server at once; the others wait their turn. */
export const APPENDS_IN_FLIGHT_MAX = 64

/**
 * Appends of one stream go one after the other, in the order in which they were asked for; those of different streams go
 * together, so many at once that the way to the server costs little, and no more than the bound.
 */
export class AppendLanes {
  private readonly lanes = new Map<StreamId, Promise<void>>()
  private readonly waiting: (() => void)[] = []
  private inFlight = 0
  private closed = false

  constructor(private readonly inFlightMax = APPENDS_IN_FLIGHT_MAX) {}

  /** Throws what the work throws, and StoreUnavailable when closed. */
  run<T>(stream: StreamId, work: () => Promise<T>): Promise<T> {
    if (this.closed) return Promise.reject(new StoreUnavailable('The event store is closed.'))
    const before = this.lanes.get(stream) ?? Promise.resolve()
    const running = before.then(() => this.withinBound(work))
    const settled = running.then(nothing, nothing)
    this.lanes.set(stream, settled)
    void settled.then(() => {
      if (this.lanes.get(stream) === settled) this.lanes.delete(stream)
    })
    return running
  }

  /** Takes nothing more; resolves when what was taken is answered. */
  async close(): Promise<void> {
    this.closed = true
    await Promise.all(this.lanes.values())
  }

  private async withinBound<T>(work: () => Promise<T>): Promise<T> {
    if (this.inFlight >= this.inFlightMax) await new Promise<void>((resolve) => this.waiting.push(resolve))
    else this.inFlight += 1
    try {
      return await work()
    } finally {
      // The place goes straight to the next one, so nobody can slip in between.
      const next = this.waiting.shift()
      if (next) next()
      else this.inFlight -= 1
    }
  }
}

function nothing(): void {
  // How an append ended is told to its own caller only.
}
