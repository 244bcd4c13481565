export const WINDOW_SECONDS = 60

/** Calls of one name in each of the last seconds: those of all processes as last joined, and our own since. */
export class SlidingWindow {
  private joined = new Map<number, number>()
  private fresh = new Map<number, number>()
  /** On its way to the other processes. */
  private sent = new Map<number, number>()
  /** Second of the last call. */
  private last = 0

  add(second: number): void {
    this.last = second
    this.fresh.set(second, (this.fresh.get(second) ?? 0) + 1)
  }

  count(second: number): number {
    let sum = 0
    for (let at = second - WINDOW_SECONDS + 1; at <= second; at += 1) sum += this.at(at)
    return sum
  }

  /** Seconds until at least `calls` of those counted have left the window. */
  secondsUntilFreed(second: number, calls: number): number {
    let left = calls
    for (let at = second - WINDOW_SECONDS + 1; at <= second; at += 1) {
      left -= this.at(at)
      if (left <= 0) return at + WINDOW_SECONDS - second
    }
    return WINDOW_SECONDS
  }

  isIdle(second: number): boolean {
    return this.last < second - WINDOW_SECONDS
  }

  /** What the other processes do not know yet; it counts here meanwhile. */
  send(): { second: number; count: number }[] {
    this.sent = this.fresh
    this.fresh = new Map()
    return [...this.sent].map(([second, count]) => ({ second, count }))
  }

  arrived(totals: readonly { second: number; count: number }[]): void {
    this.joined = new Map(totals.map(({ second, count }) => [second, count]))
    this.sent = new Map()
  }

  /** It did not arrive: it goes with the next ones. */
  lost(): void {
    for (const [second, count] of this.sent) this.fresh.set(second, (this.fresh.get(second) ?? 0) + count)
    this.sent = new Map()
  }

  private at(second: number): number {
    return (this.joined.get(second) ?? 0) + (this.sent.get(second) ?? 0) + (this.fresh.get(second) ?? 0)
  }
}
