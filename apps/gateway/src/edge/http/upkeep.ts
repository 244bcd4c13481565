import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common'
import { runUntilAborted, type PlatformPorts } from '@billstream/event-sourcing-runtime'
import type { KeyUseRecorder } from '../authentication/key-use-recorder'
import type { RateLimiter } from '../rate-limits/rate-limiter'

/** Processes tell each other their counts so often, in milliseconds. */
const JOIN_EVERY_MS = 1_000
const RECORD_USES_EVERY_MS = 10_000
const PURGE_EVERY_MS = 3_600_000

/** What the gateway does beside its requests, from the start of the application until its shutdown. */
export class Upkeep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stop = new AbortController()
  private running: Promise<unknown> = Promise.resolve()

  constructor(
    private readonly ports: Pick<PlatformPorts, 'answers' | 'clock' | 'sleeper' | 'log'>,
    private readonly limiter: RateLimiter,
    private readonly uses: KeyUseRecorder,
  ) {}

  onApplicationBootstrap(): void {
    this.running = Promise.all([
      this.every(JOIN_EVERY_MS, 'join-rate-counts', () => this.limiter.join()),
      this.every(RECORD_USES_EVERY_MS, 'record-key-uses', () => this.uses.record()),
      this.every(PURGE_EVERY_MS, 'purge-answers', async () => {
        await this.ports.answers.purge(this.ports.clock.now())
        await this.limiter.purge()
      }),
    ])
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stop.abort()
    await this.running
  }

  private every(pauseMs: number, name: string, work: () => Promise<unknown>): Promise<void> {
    const { signal } = this.stop
    return runUntilAborted(name, signal, this.ports, async () => {
      await this.ports.sleeper.sleep(pauseMs, signal)
      if (!signal.aborted) await work()
    })
  }
}
