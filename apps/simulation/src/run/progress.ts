import { epochMillis, type Clock } from '@billstream/kernel'

/** A line is written at most so often, in milliseconds. */
const LINE_EVERY_MS = 2_000

/** Tells how far a long run has come, at which rate, and how long it still takes. */
export class Progress {
  private readonly startedMs: number
  private toldMs: number
  private done = 0

  constructor(
    private readonly total: number,
    private readonly clock: Clock,
    private readonly write: (line: string) => void,
  ) {
    this.startedMs = this.toldMs = epochMillis(clock.now())
  }

  get seconds(): number {
    return (epochMillis(this.clock.now()) - this.startedMs) / 1_000
  }

  advance(broken: number): void {
    this.done += 1
    const nowMs = epochMillis(this.clock.now())
    if (nowMs - this.toldMs < LINE_EVERY_MS) return
    this.toldMs = nowMs
    const rate = this.done / Math.max(this.seconds, 0.001)
    const leftS = Math.ceil((this.total - this.done) / rate)
    this.write(`${this.done} of ${this.total} seeds, ${broken} broken, ${rate.toFixed(1)} /s, ${leftS} s left`)
  }
}
