import type { Sleeper } from '@billstream/event-sourcing-runtime'
import { epochMillis, instantOfMillis, type Clock, type Instant } from '@billstream/kernel'
import type { SeededRandom } from '../chance/seeded-random'
import { SleeperHeap, type SleepingPart } from './sleeper-heap'

/** More calls of ports than this, while time stands still, are a loop that never waits. */
const CALLS_AT_ONCE_MAX = 100_000
const NEVER = new Promise<never>(() => undefined)

/**
 * Real time as the simulation sees it, and the scheduler: nothing waits but here. Time stands still while anything can run; then
 * exactly one sleeper wakes, the earliest, and of those due together the one that chance names. So the order of everything
 * follows from the seed.
 */
export class VirtualTime implements Clock, Sleeper {
  private readonly sleeping = new SleeperHeap()
  private millis: number
  private text: Instant
  private calls = 0
  /** What loops without waiting; the world is broken then. */
  spinning: string | undefined

  constructor(
    start: Instant,
    private readonly random: SeededRandom,
  ) {
    this.millis = epochMillis(start)
    this.text = start
  }

  now(): Instant {
    return this.text
  }

  get nowMs(): number {
    return this.millis
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const sleeper: SleepingPart = { dueMs: this.millis + Math.max(0, ms), tie: this.random.next(), wake }
      function wake() {
        sleeper.wake = undefined
        signal?.removeEventListener('abort', wake)
        resolve()
      }
      signal?.addEventListener('abort', wake)
      this.sleeping.push(sleeper)
    })
  }

  /** Lets everything run that needs no time: promises are done with before an immediate is. */
  turn(): Promise<void> {
    return new Promise((resolve) => {
      setImmediate(resolve)
    })
  }

  /** Wakes the next sleeper and lets it run; false: nobody sleeps. */
  async wakeNext(): Promise<boolean> {
    const next = this.sleeping.pop()
    if (!next) return false
    this.calls = 0
    if (next.dueMs > this.millis) this.jumpTo(next.dueMs)
    next.wake?.()
    await this.turn()
    return true
  }

  /** Each call of a port passes here: a loop that never waits is stopped, so that it is found. */
  async countCall(what: string): Promise<void> {
    this.calls += 1
    if (this.calls <= CALLS_AT_ONCE_MAX) return
    this.spinning = what
    await NEVER
  }

  /** Moves the clock on; whoever is due meanwhile wakes afterwards, late. */
  jumpTo(ms: number): void {
    if (ms < this.millis) throw new RangeError('Time does not go back.')
    this.millis = ms
    this.text = instantOfMillis(ms)
  }
}
