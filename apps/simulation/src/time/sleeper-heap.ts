export interface SleepingPart {
  readonly dueMs: number
  /** Decides between those due together. */
  readonly tie: number
  /** undefined: it was woken otherwise. */
  wake: (() => void) | undefined
}

/** Sleepers by due time, the earliest first: a binary heap. Those that were woken otherwise are skipped. */
export class SleeperHeap {
  private readonly parts: SleepingPart[] = []

  push(part: SleepingPart): void {
    this.parts.push(part)
    let place = this.parts.length - 1
    while (place > 0) {
      const above = (place - 1) >> 1
      if (!this.isBefore(place, above)) return
      this.swap(place, above)
      place = above
    }
  }

  pop(): SleepingPart | undefined {
    for (let first = this.takeFirst(); first; first = this.takeFirst()) if (first.wake) return first
    return undefined
  }

  private takeFirst(): SleepingPart | undefined {
    const first = this.parts[0]
    const last = this.parts.pop()
    if (!first || !last || first === last) return first
    this.parts[0] = last
    this.sink()
    return first
  }

  private sink(): void {
    let place = 0
    for (;;) {
      const [left, right] = [2 * place + 1, 2 * place + 2]
      let least = place
      if (this.isBefore(left, least)) least = left
      if (this.isBefore(right, least)) least = right
      if (least === place) return
      this.swap(place, least)
      place = least
    }
  }

  private isBefore(a: number, b: number): boolean {
    const [first, second] = [this.parts[a], this.parts[b]]
    if (!first || !second) return false
    return first.dueMs < second.dueMs || (first.dueMs === second.dueMs && first.tie < second.tie)
  }

  private swap(a: number, b: number): void {
    const [first, second] = [this.parts[a], this.parts[b]]
    if (!first || !second) return
    this.parts[a] = second
    this.parts[b] = first
  }
}
