import { epochMillis, type Clock } from '@billstream/kernel'
import { ChangeSignal } from '../event-store/change-signal'
import type { Bells } from '../ports/bells.port'

const BELL = 'positions-wanted'
/** So long after a ring positions are stored at once, in milliseconds of real time. */
const WANTED_MS = 2_000

/** Asks every loop of all processes to store where it stands, now and for the next two seconds. */
export function wantPositions(bells: Bells): void {
  bells.ring(BELL)
}

/** Loops store their positions now and then; while somebody waits for them, such as a step of a test clock, at once. */
export class PositionsWanted {
  private readonly rung = new ChangeSignal()
  private readonly stopListening: () => void
  private wantedUntilMs = 0

  /** onWanted: called at each ring. */
  constructor(
    bells: Bells,
    private readonly clock: Clock,
    onWanted: () => void = () => undefined,
  ) {
    this.stopListening = bells.listen(BELL, () => {
      this.wantedUntilMs = epochMillis(this.clock.now()) + WANTED_MS
      this.rung.announce()
      onWanted()
    })
  }

  isNow(): boolean {
    return epochMillis(this.clock.now()) < this.wantedUntilMs
  }

  close(): void {
    this.stopListening()
  }

  /** The items, and `undefined` each time that positions are asked for while the next item is waited for. */
  async *between<T>(items: AsyncIterable<T>): AsyncIterable<T | undefined> {
    const source = items[Symbol.asyncIterator]()
    let rung = this.rung.next()
    let next: Promise<IteratorResult<T, unknown>> | undefined
    try {
      for (;;) {
        next ??= source.next()
        const first = await Promise.race([next, rung])
        if (first?.done) return
        if (first) next = undefined
        else rung = this.rung.next()
        yield first?.value
      }
    } finally {
      // Whoever breaks off does not wait for the item that is on its way.
      next?.catch(() => undefined)
      const ended = source.return?.()
      if (!next) await ended
    }
  }
}
