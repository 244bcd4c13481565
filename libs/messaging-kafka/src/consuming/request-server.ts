import type { IHeaders } from 'kafkajs'
import { KeyedQueue, topics, type ReplyEnvelope } from '@billstream/messaging'
import { header, textOf } from '../connection/message-headers'
import type { OutgoingMessages } from '../sending/outgoing-messages'
import type { Taken } from './group-consumer'
import type { UnreadableMessages } from './unreadable-messages'

/** Requests handled at once per topic; more wait in line. */
const IN_FLIGHT_MAX = 256

export interface RequestServerParts {
  readonly outgoing: OutgoingMessages
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
    const { headers } = taken.message
    const body = await this.parts.unreadable.read(taken)
    if (body === undefined) return
    const reply = await this.parts.handle(body, headers)
    sendReply(this.parts.outgoing, headers, reply)
    taken.done()
  }
}

/** The reply may be lost: then the sender gives up, and its repeat gets the same answer. */
export function sendReply(outgoing: OutgoingMessages, headers: IHeaders | undefined, reply: ReplyEnvelope): void {
  const [to, requestId] = [textOf(headers, header.replyTo), textOf(headers, header.requestId)]
  if (to === undefined || requestId === undefined) return
  const sent = { [header.to]: to, [header.requestId]: requestId }
  void outgoing
    .send({ topic: topics.replies, key: to, value: JSON.stringify(reply), headers: sent })
    .catch(() => undefined)
}
