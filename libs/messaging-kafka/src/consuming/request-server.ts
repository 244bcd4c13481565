import type { IHeaders } from 'kafkajs'
import { KeyedQueue, type ReplyEnvelope } from '@billstream/messaging'
import { header, textOf } from '../connection/message-headers'
import type { MessageSeal } from '../sealing/message-seal'
import type { ReplySender } from '../sending/reply-sender'
import type { Taken } from './group-consumer'
import type { UnreadableMessages } from './unreadable-messages'

/** Requests handled at once per topic; more wait in line. */
const IN_FLIGHT_MAX = 256

export interface RequestServerParts {
  readonly seal: MessageSeal
  readonly replies: ReplySender
  readonly unreadable: UnreadableMessages
  readonly handle: (body: unknown, headers: IHeaders | undefined) => Promise<ReplyEnvelope>
}

/** Handles requests side by side, those of one key in the order sent, and replies to whoever waits. */
export class RequestServer {
  private readonly queue = new KeyedQueue(IN_FLIGHT_MAX)

  constructor(private readonly parts: RequestServerParts) {}

  /** Without a key nothing orders a message. */
  take(taken: Taken): void {
    const key = taken.message.key?.toString() ?? `${taken.place.partition} ${taken.offset}`
    void this.queue.run(key, () => this.serve(taken))
  }

  private async serve(taken: Taken): Promise<void> {
    if (taken.ended.aborted) return taken.dropped()
    const { topic, message } = taken
    const { headers, value } = message
    const identity = { topic, requestId: textOf(headers, header.requestId) }
    const body = await this.parts.unreadable.read(taken, () => this.parts.seal.open(value, identity))
    if (body === undefined) return
    const reply = await this.parts.handle(body, headers)
    await this.parts.replies.send(headers, reply)
    taken.done()
  }
}
