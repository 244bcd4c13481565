/** Runs work in order per key and side by side across keys, at most `inFlightMax` at once; the rest waits in line. */
export class KeyedQueue {
  private readonly tails = new Map<string, Promise<unknown>>()
  private readonly waiting: (() => void)[] = []
  private inFlight = 0

  constructor(private readonly inFlightMax: number) {}

  run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.tails.get(key)
    const mine = before ? before.then(() => this.slot(work)) : this.slot(work)
    // The tail never fails: the next of this key runs whatever became of this one.
    const tail = mine.then(
      () => undefined,
      () => undefined,
    )
    this.tails.set(key, tail)
    void tail.then(() => {
      if (this.tails.get(key) === tail) this.tails.delete(key)
    })
    return mine
  }

  private async slot<T>(work: () => Promise<T>): Promise<T> {
    if (this.inFlight >= this.inFlightMax) await new Promise<void>((resolve) => this.waiting.push(resolve))
    this.inFlight += 1
    try {
      return await work()
    } finally {
      this.inFlight -= 1
      this.waiting.shift()?.()
    }
  }
}
