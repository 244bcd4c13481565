import type { RecordedEvent } from '@billstream/event-sourcing-core'
import { RETRY_DELAY_MAX_MS, RETRY_DELAY_MS, type Log } from '@billstream/event-sourcing-runtime'
import { fromCloudEvent, isCloudEvent, openReply, type ReplyEnvelope } from '@billstream/messaging'
import { header, textOf } from '../connection/message-headers'
import type { Taken } from './group-consumer'
import { jsonOf, type UnreadableMessages } from './unreadable-messages'

/** Events handled in one go. */
const BATCH_MAX = 500

export interface EventServerParts {
  readonly unreadable: UnreadableMessages
  /** CloudEvents types that the consumers of the group react to, without their version. */
  readonly types: ReadonlySet<string>
  readonly handle: (events: readonly RecordedEvent[]) => Promise<ReplyEnvelope>
  /** After a batch was handled. */
  readonly handled: () => void
  readonly log: Log
}

/**
 * Hands what has come from all partitions to the consumers of a context, one batch at a time, so in order per stream. What
 * fails is infrastructure (a message's own failures end in the dead letters): the batch is repeated until it works.
 */
export class EventServer {
  private waiting: Taken[] = []
  private working = false

  constructor(private readonly parts: EventServerParts) {}

  take(taken: Taken): void {
    this.waiting.push(taken)
    if (!this.working) void this.work()
  }

  private async work(): Promise<void> {
    this.working = true
    await new Promise((resolve) => setImmediate(resolve))
    while (this.waiting.length > 0) await this.workOn(this.waiting.splice(0, BATCH_MAX))
    this.working = false
  }

  /** What is left of an assignment that has ended is somebody else's; the rest is of one assignment. */
  private async workOn(taken: readonly Taken[]): Promise<void> {
    const batch = taken.filter(({ ended }) => !ended.aborted)
    for (const each of taken) if (each.ended.aborted) each.dropped()
    const events: RecordedEvent[] = []
    for (const each of batch.filter((message) => this.isWanted(message))) {
      const event = await this.parts.unreadable.read(each, jsonOf(isCloudEvent))
      if (event) events.push(fromCloudEvent(event))
    }
    const handled = events.length === 0 || (await this.untilHandled(events, batch))
    // What cannot be read is finished already; to finish it again changes nothing.
    for (const each of batch) {
      if (handled) each.done()
      else each.dropped()
    }
    if (handled) this.parts.handled()
  }

  /** Most events of a topic are nothing to a group: their type tells it without reading them. */
  private isWanted({ message }: Taken): boolean {
    const type = textOf(message.headers, header.eventType)
    return type === undefined || this.parts.types.has(type.replace(/\.v\d+$/, ''))
  }

  /** false: the group was dealt anew meanwhile. */
  private async untilHandled(events: readonly RecordedEvent[], batch: readonly Taken[]): Promise<boolean> {
    let delayMs = RETRY_DELAY_MS
    while (!batch.some(({ ended }) => ended.aborted)) {
      try {
        openReply(await this.parts.handle(events))
        return true
      } catch (error) {
        this.parts.log.warn({ err: error, events: events.length }, 'Events could not be handled and come again.')
        await new Promise((resolve) => setTimeout(resolve, delayMs))
        delayMs = Math.min(delayMs * 2, RETRY_DELAY_MAX_MS)
      }
    }
    return false
  }
}
