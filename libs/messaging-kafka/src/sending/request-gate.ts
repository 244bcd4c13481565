/** How long a request may wait for the replies to those before it, in milliseconds. */
export const GATE_WAIT_MS = 25

/**
 * The way out for the requests of one topic. One goes at once where no other is under way; what comes meanwhile goes together,
 * with the last reply, or when the first of it has waited 25 ms. What a message costs is mostly that every process on its way
 * wakes up for it; requests that leave together stay together, and share what wakes up. A lone caller never waits.
 */
export class RequestGate {
  private underWay = 0
  private waiting: (() => void)[] = []
  private timer: NodeJS.Timeout | undefined

  /** Runs the request, until its reply, when it may go. Throws what it throws. */
  async run<T>(request: () => Promise<T>): Promise<T> {
    if (this.underWay > 0) await this.turn()
    else this.underWay += 1
    try {
      return await request()
    } finally {
      this.underWay -= 1
      if (this.underWay === 0) this.letGo()
    }
  }

  private turn(): Promise<void> {
    this.timer ??= setTimeout(() => this.letGo(), GATE_WAIT_MS)
    return new Promise((resolve) => this.waiting.push(resolve))
  }

  /** They count as under way from now on: whoever comes between here and their turn must not take it for quiet. */
  private letGo(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    const { waiting } = this
    this.waiting = []
    this.underWay += waiting.length
    for (const go of waiting) go()
  }
}
