import { OffsetTracker } from './offset-tracker'

/** Where a message stands. */
export interface Place {
  readonly topic: string
  readonly partition: number
}

/** The offset after the last one that is done, per partition. */
export interface DoneUpTo extends Place {
  readonly offset: bigint
}

/**
 * The messages in work between two joins of a group. When the group is dealt anew this one ends: what has begun is finished,
 * what waits is left to whoever gets the partition.
 */
export class Assignment {
  private readonly trackers = new Map<string, { readonly place: Place; readonly tracker: OffsetTracker }>()
  private readonly ending = new AbortController()
  private inWork = 0
  private bytesInWork = 0
  private waiters: (() => void)[] = []

  /** Aborted: begin nothing any more. */
  get ended(): AbortSignal {
    return this.ending.signal
  }

  /** Messages taken and not finished. */
  get unfinished(): number {
    return this.inWork
  }

  /** Of what is taken and not finished. */
  get unfinishedBytes(): number {
    return this.bytesInWork
  }

  /** Of the two returned functions the first call counts. */
  take(place: Place, offset: bigint, bytes: number): { done(): void; dropped(): void } {
    this.inWork += 1
    this.bytesInWork += bytes
    let left = false
    const entry = this.trackerOf(place).begin(offset)
    const leave = (finish: () => void) => {
      if (left) return
      left = true
      this.inWork -= 1
      this.bytesInWork -= bytes
      finish()
      this.waiters.splice(0).forEach((wake) => wake())
    }
    return { done: () => leave(entry), dropped: () => leave(() => undefined) }
  }

  end(): void {
    this.ending.abort()
    this.waiters.splice(0).forEach((wake) => wake())
  }

  /** Resolves at the next message that leaves, or when the assignment ends. */
  change(): Promise<void> {
    return new Promise((resolve) => this.waiters.push(resolve))
  }

  /** What can be committed now and was not before. */
  toCommit(): DoneUpTo[] {
    return [...this.trackers.values()].flatMap(({ place, tracker }) => {
      const offset = tracker.toCommit()
      return offset === undefined ? [] : [{ ...place, offset }]
    })
  }

  wereCommitted(offsets: readonly DoneUpTo[]): void {
    for (const { topic, partition, offset } of offsets) this.trackerOf({ topic, partition }).wasCommitted(offset)
  }

  private trackerOf(place: Place): OffsetTracker {
    const key = `${place.topic} ${place.partition}`
    const known = this.trackers.get(key)
    if (known) return known.tracker
    const tracker = new OffsetTracker()
    this.trackers.set(key, { place, tracker })
    return tracker
  }
}
