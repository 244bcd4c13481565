import { epochMillis, type Clock } from '@billstream/kernel'
import { ChangeSignal } from '../event-store/change-signal'
import type { Bells } from '../ports/bells.port'
import type { Sleeper } from '../service/platform-ports'
import { linkSignals } from './link-signals'

const BELL = 'positions-wanted'
/** So long after a ring positions are stored at once, in milliseconds of real time. */
const WANTED_MS = 2_000
/** Said once: an abort without a reason would make an error, stack included, for each rest. */
const RESTED = 'rested'

/** Asks every loop of all processes to store where it stands, now and for the next two seconds. */
export function wantPositions(bells: Bells): void {
  bells.ring(BELL)
}

/** Loops store their positions now and then; while somebody waits for them, such as a step of a test clock, at once. */
export class PositionsWanted {
  private readonly rung = new ChangeSignal()
  private readonly stopListening: () => void
  private wantedUntilMs = 0
  private rings = 0

  /** onWanted: called at each ring. */
  constructor(
    bells: Bells,
    private readonly clock: Clock,
    onWanted: () => void = () => undefined,
  ) {
    this.stopListening = bells.listen(BELL, () => {
      this.wantedUntilMs = epochMillis(this.clock.now()) + WANTED_MS
      this.rings += 1
      this.rung.announce()
      onWanted()
    })
  }

  isNow(): boolean {
    return epochMillis(this.clock.now()) < this.wantedUntilMs
  }

  /** A pause between two looks at what comes, in milliseconds; over at once when positions are asked for. */
  async rest(ms: number, sleeper: Sleeper, signal?: AbortSignal): Promise<void> {
    if (this.isNow() || signal?.aborted) return
    const over = new AbortController()
    const ends = linkSignals(over.signal, ...(signal ? [signal] : []))
    await Promise.race([sleeper.sleep(ms, ends.signal), this.rung.next(over.signal)])
    over.abort(RESTED)
    ends.release()
  }

  close(): void {
    this.stopListening()
  }

  /** The items, and `undefined` each time that positions are asked for while the next item is waited for. */
  async *between<T>(items: AsyncIterable<T>): AsyncIterable<T | undefined> {
    const source = items[Symbol.asyncIterator]()
    let heard = this.rings
    let next: Promise<IteratorResult<T, unknown>> | undefined
    try {
      for (;;) {
        next ??= source.next()
        const first = await this.nextOrRing(next, heard)
        if (first?.done) return
        if (first) next = undefined
        else heard = this.rings
        yield first?.value
      }
    } finally {
      // Whoever breaks off does not wait for the item that is on its way.
      next?.catch(() => undefined)
      const ended = source.return?.()
      if (!next) await ended
    }
  }

  /** A ring may be hours away, and a promise keeps whatever it has raced with: each turn waits for one of its own. */
  private async nextOrRing<T>(next: Promise<T>, heard: number): Promise<T | undefined> {
    if (heard !== this.rings) return undefined
    const over = new AbortController()
    try {
      return await Promise.race([next, this.rung.next(over.signal) as Promise<undefined>])
    } finally {
      over.abort(RESTED)
    }
  }
}
