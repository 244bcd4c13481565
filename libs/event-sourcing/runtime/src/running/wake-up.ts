import type { Bells } from '../ports/bells.port'
import type { Sleeper } from '../service/platform-ports'
import { linkSignals } from './link-signals'

/** Said once: an abort without a reason would make an error, stack included, for each ring. */
const RUNG = 'rung'

/** A loop's alarm clock: sleeps until it is rung or the time is over. A ring while awake is not lost. */
export class WakeUp {
  /** Rung from every process: for loops of which only one runs anywhere. */
  static onBell(name: string, { bells, sleeper }: { bells: Bells; sleeper: Sleeper }): WakeUp {
    const wakeUp = new WakeUp(sleeper, () => bells.ring(name))
    bells.listen(name, () => wakeUp.wake())
    return wakeUp
  }

  private rung = false
  private ringing: AbortController | undefined

  constructor(
    private readonly sleeper: Sleeper,
    private readonly toRing: () => void = () => this.wake(),
  ) {}

  ring(): void {
    this.toRing()
  }

  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.rung && !signal.aborted) {
      this.ringing = new AbortController()
      const ends = linkSignals(signal, this.ringing.signal)
      await this.sleeper.sleep(ms, ends.signal)
      ends.release()
      this.ringing = undefined
    }
    this.rung = false
  }

  private wake(): void {
    this.rung = true
    this.ringing?.abort(RUNG)
  }
}
