import type { Log } from '@billstream/event-sourcing-runtime'
import { topics } from '@billstream/messaging'
import type { OutgoingMessages } from '../sending/outgoing-messages'
import type { Taken } from './group-consumer'

const RETRY_MS = 1_000

/**
 * A message that is no JSON, or not what the topic holds, can never be handled: it goes to the dead letters of its topic, and those
 * behind it go on.
 */
export class UnreadableMessages {
  constructor(
    private readonly outgoing: OutgoingMessages,
    private readonly log: Log,
  ) {}

  /** The message's JSON; undefined when there is none, or `isExpected` says no: the message is then finished. */
  async read(taken: Taken, isExpected: (body: unknown) => boolean = () => true): Promise<unknown> {
    try {
      const body = JSON.parse(taken.message.value?.toString() ?? '') as unknown
      if (!isExpected(body)) throw new TypeError(`This is no message of ${taken.topic}.`)
      return body
    } catch (error) {
      await this.bury(taken, error instanceof Error ? error.message : String(error))
      return undefined
    }
  }

  /** Not done before its copy is on disk. */
  private async bury(taken: Taken, error: string): Promise<void> {
    const { place, offset, message } = taken
    this.log.error(
      { ...place, offset: String(offset), error },
      'A message cannot be read and goes to the dead letters.',
    )
    const letter = {
      topic: topics.deadLetters(taken.topic),
      value: message.value?.toString() ?? '',
      headers: { error, 'original-partition': String(place.partition), 'original-offset': String(offset) },
    }
    while (!taken.ended.aborted) {
      try {
        await this.outgoing.send(letter)
        return taken.done()
      } catch {
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
      }
    }
    taken.dropped()
  }
}
