import type { Log } from '@billstream/event-sourcing-runtime'
import { topics } from '@billstream/messaging'
import type { OutgoingMessage, OutgoingMessages } from '../sending/outgoing-messages'
import type { Taken } from './group-consumer'

const RETRY_MS = 1_000
/** Brokers take no greater batch; a compressed one may have held more. */
const LETTER_BYTES_MAX = 2_000_000

/** Reads a message whose value is JSON. Throws when it is none, or not what is expected. */
export function jsonOf<Body>(isExpected: (body: unknown) => body is Body): (taken: Taken) => Body {
  return ({ message, topic }) => {
    const body = JSON.parse(message.value?.toString() ?? '') as unknown
    if (!isExpected(body)) throw new TypeError(`This is no message of ${topic}.`)
    return body
  }
}

/**
 * A message that is no JSON, not what the topic holds, or not sealed where it must be, can never be handled: it goes to the dead letters
 * of its topic, and those behind it go on.
 */
export class UnreadableMessages {
  constructor(
    private readonly outgoing: OutgoingMessages,
    private readonly log: Log,
  ) {}

  /** What `bodyOf` reads; undefined when it throws: the message is then finished. */
  async read<Body>(taken: Taken, bodyOf: (taken: Taken) => Body): Promise<Body | undefined> {
    try {
      return bodyOf(taken)
    } catch (error) {
      await this.bury(taken, error instanceof Error ? error.message : String(error))
      return undefined
    }
  }

  /** Not done before its copy is on disk. */
  private async bury(taken: Taken, error: string): Promise<void> {
    const { place, offset, group } = taken
    const about = { ...place, offset: String(offset), group }
    this.log.error({ ...about, error }, 'A message cannot be read and goes to the dead letters.')
    const letter = letterOf(taken, error)
    while (!taken.ended.aborted) {
      try {
        await this.outgoing.send(letter)
        return taken.done()
      } catch (failure) {
        this.log.warn({ ...about, err: failure }, 'An unreadable message is not in the dead letters yet.')
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
      }
    }
    taken.dropped()
  }
}

/** The message's own bytes, key and headers, and where it lay; of more than LETTER_BYTES_MAX the beginning. */
function letterOf({ topic, group, place, offset, message }: Taken, error: string): OutgoingMessage {
  const value = message.value ?? Buffer.alloc(0)
  return {
    topic: topics.deadLetters(topic),
    value: value.subarray(0, LETTER_BYTES_MAX),
    ...(message.key && { key: message.key }),
    headers: {
      ...message.headers,
      error,
      'consumer-group': group,
      'original-partition': String(place.partition),
      'original-offset': String(offset),
      ...(value.length > LETTER_BYTES_MAX && { 'original-bytes': String(value.length) }),
    },
    bytesMax: LETTER_BYTES_MAX,
  }
}
