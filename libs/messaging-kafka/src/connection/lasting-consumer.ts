import type { Consumer, ConsumerRunConfig } from 'kafkajs'
import type { Log } from '@billstream/event-sourcing-runtime'

/** Between two attempts to begin again, in milliseconds. */
const RESTART_DELAY_MS = 500

/**
 * Runs a consumer until it is told to end. kafkajs begins again by itself after what it counts as passing, but gives up without a
 * word after the rest, such as brokers that have no coordinator for a group for a few seconds after their start.
 */
export class LastingConsumer {
  private readonly ending = new AbortController()

  constructor(
    private readonly consumer: Consumer,
    private readonly log: Log,
  ) {}

  /** Connects and subscribes before. Throws what the brokers answer to the first attempt. */
  async run(config: ConsumerRunConfig): Promise<void> {
    this.consumer.on(this.consumer.events.CRASH, ({ payload: { restart, error } }) => {
      if (restart) return
      this.log.warn({ err: error }, 'A consumer was given up, and begins again.')
      void this.beginAgain(config)
    })
    await this.consumer.run(config)
  }

  async end(): Promise<void> {
    this.ending.abort()
    await this.consumer.disconnect()
  }

  private async beginAgain(config: ConsumerRunConfig): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, RESTART_DELAY_MS))
      if (this.ending.signal.aborted) return
      try {
        await this.consumer.connect()
        return await this.consumer.run(config)
      } catch (error) {
        this.log.info({ err: error }, 'A consumer could not begin again yet.')
      }
    }
  }
}
