import type { RecordedEvent } from '@billstream/event-sourcing-core'
import { derivedId } from '@billstream/kernel'
import { isInfrastructureFailure } from '../errors'
import type { KeptLetter } from '../ports/dead-letters.port'
import type { PlatformPorts } from '../service/platform-ports'
import { readReferenced, referenceTo } from './letter-event'

/** Tries of a message that itself fails, before it goes to the dead letters. */
export const MESSAGE_TRIES_MAX = 5
const MESSAGE_RETRY_MS = 20

/** A process or a subscriber as the bus sees it. */
export interface EventConsumer {
  readonly name: string
  readonly types: ReadonlySet<string>
  handle(events: readonly RecordedEvent[]): Promise<void>
}

type ConsumerPorts = Pick<PlatformPorts, 'eventStore' | 'deadLetters' | 'clock' | 'sleeper' | 'log'>

/**
 * Hands batches to the consumers of a context, side by side. A message that itself fails 5 times goes to the dead letters,
 * and with it, in order, every later message of the same key (stream) for that consumer; other keys go on.
 * Infrastructure failures are thrown: the whole batch comes again.
 */
export class EventConsumers {
  private readonly blocked = new Map<string, Set<string>>()
  private loaded = false

  constructor(
    private readonly consumers: readonly EventConsumer[],
    private readonly ports: ConsumerPorts,
  ) {}

  get types(): string[] {
    return [...new Set(this.consumers.flatMap(({ types }) => [...types]))]
  }

  async handle(batch: readonly RecordedEvent[]): Promise<void> {
    await this.loadBlocked()
    await Promise.all(this.consumers.map((consumer) => this.handOver(consumer, batch)))
  }

  get names(): string[] {
    return this.consumers.map(({ name }) => name)
  }

  /** Whether a key is held back, as far as this process knows. */
  get isHolding(): boolean {
    return [...this.blocked.values()].some((keys) => keys.size > 0)
  }

  /** After a letter has left: what is held back is read again. */
  refresh(): void {
    this.loaded = false
  }

  /** A letter whose turn it is: it leaves when its consumer has handled it, else it waits for an operator again. */
  async takeUp(letter: KeptLetter): Promise<void> {
    const consumer = this.consumers.find(({ name }) => name === letter.consumer)
    if (!consumer) throw new Error(`There is no consumer ${letter.consumer}.`)
    const event = await readReferenced(this.ports.eventStore, letter.event)
    const failure = event ? await this.tryHard(consumer, event) : new Error('The event store has no such event.')
    if (failure) {
      this.ports.log.error({ consumer: consumer.name, letter: letter.id, err: failure }, 'A dead letter failed again.')
      return this.ports.deadLetters.failedAgain(letter.id, { error: failure.message, tries: MESSAGE_TRIES_MAX })
    }
    const end = { outcome: 'handled', by: consumer.name, reason: '', at: this.ports.clock.now() } as const
    await this.ports.deadLetters.end([letter.id], end)
  }

  private async handOver(consumer: EventConsumer, batch: readonly RecordedEvent[]): Promise<void> {
    const events = batch.filter(({ type }) => consumer.types.has(type))
    if (events.length === 0) return
    if (this.blockedOf(consumer).size > 0) return this.oneByOne(consumer, events)
    try {
      await consumer.handle(events)
    } catch (error) {
      if (isInfrastructureFailure(error)) throw error
      await this.oneByOne(consumer, events)
    }
  }

  private async oneByOne(consumer: EventConsumer, events: readonly RecordedEvent[]): Promise<void> {
    for (const event of events) {
      if (this.blockedOf(consumer).has(event.stream)) {
        await this.bury(consumer, event, 'An earlier message of this key failed.', 0)
        continue
      }
      const failure = await this.tryHard(consumer, event)
      if (failure === undefined) continue
      this.ports.log.error({ consumer: consumer.name, event: event.id, err: failure }, 'A message failed for good.')
      await this.bury(consumer, event, failure.message, MESSAGE_TRIES_MAX)
    }
  }

  private async tryHard(consumer: EventConsumer, event: RecordedEvent): Promise<Error | undefined> {
    let failure: Error | undefined
    for (let attempt = 0; attempt < MESSAGE_TRIES_MAX; attempt += 1) {
      if (attempt > 0) await this.ports.sleeper.sleep(MESSAGE_RETRY_MS)
      try {
        await consumer.handle([event])
        return undefined
      } catch (error) {
        if (isInfrastructureFailure(error)) throw error
        failure = error instanceof Error ? error : new Error(JSON.stringify(error))
      }
    }
    return failure
  }

  private async bury(consumer: EventConsumer, event: RecordedEvent, error: string, tries: number): Promise<void> {
    await this.ports.deadLetters.add({
      id: derivedId('dead-letter', consumer.name, event.id),
      consumer: consumer.name,
      key: event.stream,
      event: referenceTo(event),
      error,
      tries,
      at: this.ports.clock.now(),
    })
    this.blockedOf(consumer).add(event.stream)
  }

  private blockedOf(consumer: EventConsumer): Set<string> {
    const known = this.blocked.get(consumer.name)
    if (known) return known
    const fresh = new Set<string>()
    this.blocked.set(consumer.name, fresh)
    return fresh
  }

  private async loadBlocked(): Promise<void> {
    if (this.loaded) return
    this.blocked.clear()
    for (const consumer of this.consumers) {
      const letters = await this.ports.deadLetters.list({ consumer: consumer.name, limit: BLOCKED_KEYS_MAX })
      this.blocked.set(consumer.name, new Set(letters.map(({ key }) => key)))
    }
    this.loaded = true
  }
}

const BLOCKED_KEYS_MAX = 100_000
