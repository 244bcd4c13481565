import type { Counters } from '@billstream/event-sourcing-runtime'
import { epochMillis, type Clock } from '@billstream/kernel'
import { SlidingWindow, WINDOW_SECONDS } from './sliding-window'

export interface RateDecision {
  readonly allowed: boolean
  readonly limit: number
  readonly remaining: number
  /** Until the window holds room again. */
  readonly resetSeconds: number
}

/** Calls per name in a sliding minute, counted here and joined with the other processes every second. Real time. */
export class RateLimiter {
  private readonly windows = new Map<string, SlidingWindow>()

  constructor(
    private readonly counters: Counters,
    private readonly clock: Clock,
  ) {}

  /** Counts one call, unless it is one too many. limit: calls in 60 s. */
  take(name: string, limit: number): RateDecision {
    const second = this.second()
    const window = this.windowOf(name)
    const used = window.count(second)
    if (used >= limit) {
      return { allowed: false, limit, remaining: 0, resetSeconds: window.secondsUntilFreed(second, used - limit + 1) }
    }
    window.add(second)
    return { allowed: true, limit, remaining: limit - used - 1, resetSeconds: window.secondsUntilFreed(second, 1) }
  }

  /** Tells the other processes what was counted here, and learns what they counted. Forgets names that are idle. */
  async join(): Promise<void> {
    const second = this.second()
    for (const [name, window] of this.windows) if (window.isIdle(second)) this.windows.delete(name)
    if (this.windows.size === 0) return
    const sent = [...this.windows]
    const counts = sent.flatMap(([name, window]) => window.send().map((count) => ({ name, ...count })))
    const wanted = sent.map(([name]) => ({ name, fromSecond: second - WINDOW_SECONDS + 1 }))
    try {
      const totals = await this.counters.join(counts, wanted)
      for (const [name, window] of sent) window.arrived(totals.get(name) ?? [])
    } catch (error) {
      for (const [, window] of sent) window.lost()
      throw error
    }
  }

  /** Removes counts that no window reaches any more. */
  purge(): Promise<void> {
    return this.counters.purge(this.second() - 2 * WINDOW_SECONDS)
  }

  private windowOf(name: string): SlidingWindow {
    const known = this.windows.get(name)
    if (known) return known
    const fresh = new SlidingWindow()
    this.windows.set(name, fresh)
    return fresh
  }

  private second(): number {
    return Math.floor(epochMillis(this.clock.now()) / 1_000)
  }
}
