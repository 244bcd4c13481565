import { epochMillis, type Clock } from '@billstream/kernel'
import type { Sleeper } from '../service/platform-ports'
import { linkSignals } from './link-signals'

const ENDED = 'ended'

/**
 * Bounds one piece of work: its signal aborts when `stop` does, or when the time is over. Time is that of the ports, so a
 * simulation rules it too. `end` it in a `finally`, else it goes on waiting.
 */
export class TimeLimit {
  readonly signal: AbortSignal
  private readonly release: () => void
  private readonly over = new AbortController()
  private readonly ended = new AbortController()

  /** ms: above 0. */
  constructor(
    private readonly ports: { readonly clock: Clock; readonly sleeper: Sleeper },
    ms: number,
    stop: AbortSignal,
  ) {
    const { signal, release } = linkSignals(stop, this.over.signal)
    this.signal = signal
    this.release = release
    void this.run(ms)
  }

  /** Whether the time was over before the work was. */
  get isOver(): boolean {
    return this.over.signal.aborted
  }

  end(): void {
    this.ended.abort(ENDED)
    this.release()
  }

  /** A sleeper may wake early. */
  private async run(ms: number): Promise<void> {
    const { clock, sleeper } = this.ports
    const endsAtMs = epochMillis(clock.now()) + ms
    for (let leftMs = ms; leftMs > 0; leftMs = endsAtMs - epochMillis(clock.now())) {
      await sleeper.sleep(leftMs, this.ended.signal)
      if (this.ended.signal.aborted) return
    }
    this.over.abort(new DOMException('The time is over.', 'TimeoutError'))
  }
}
