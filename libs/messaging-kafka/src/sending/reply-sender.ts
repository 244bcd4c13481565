import type { IHeaders } from 'kafkajs'
import type { Log } from '@billstream/event-sourcing-runtime'
import {
  answerWith,
  KeyedQueue,
  REPLY_BYTES_MAX,
  ReplyTooLarge,
  topics,
  type ReplyEnvelope,
} from '@billstream/messaging'
import { header, textOf } from '../connection/message-headers'
import type { MessageSeal } from '../sealing/message-seal'
import type { OutgoingMessages } from './outgoing-messages'
import { partsOf } from './reply-parts'

/** Replies in several parts on their way at once, each with one part: they leave room for the other messages that wait. */
const IN_PARTS_MAX = 8

/** Whom a reply is for. */
interface Addressee {
  readonly to: string
  readonly requestId: string
}

/** Answers whoever waits for a reply. */
export class ReplySender {
  private readonly inParts = new KeyedQueue(IN_PARTS_MAX)

  constructor(
    private readonly outgoing: OutgoingMessages,
    private readonly seal: MessageSeal,
    private readonly log: Log,
  ) {}

  /**
   * headers: those of the request. A reply of one message is not waited for, one of several is: so a process stops after it, and
   * has no more of them than requests. Never throws: a reply may be lost, then the sender gives up, and its repeat gets the same.
   */
  async send(headers: IHeaders | undefined, reply: ReplyEnvelope): Promise<void> {
    const [to, requestId] = [textOf(headers, header.replyTo), textOf(headers, header.requestId)]
    if (to === undefined || requestId === undefined) return
    const addressee = { to, requestId }
    const parts = partsOf(await this.sealed(reply, requestId))
    const sending = () => this.sendAll(parts, addressee)
    if (parts.length > 1) await this.inParts.run(requestId, sending)
    else void sending()
  }

  /** What cannot be said is a failure that can: nobody is left waiting for it. */
  private async sealed(reply: ReplyEnvelope, requestId: string): Promise<Buffer> {
    const identity = { topic: topics.replies, requestId }
    const outcome = await answerWith(
      () => Promise.resolve(bounded(this.seal.seal(reply, identity))),
      (error) => this.log.error({ err: error, requestId }, 'A reply cannot be sent; its failure is.'),
    )
    return outcome.kind === 'value' ? (outcome.value as Buffer) : this.seal.seal(outcome, identity)
  }

  /** One after the other: what waits for the brokers is bounded in bytes, for all messages together. */
  private async sendAll(parts: ReturnType<typeof partsOf>, { to, requestId }: Addressee): Promise<void> {
    try {
      for (const { value, headers } of parts) {
        const addressed = { ...headers, [header.to]: to, [header.requestId]: requestId }
        await this.outgoing.send({ topic: topics.replies, key: to, value, headers: addressed })
      }
    } catch (error) {
      this.log.warn({ err: error, requestId, parts: parts.length }, 'A reply could not be sent.')
    }
  }
}

function bounded(sealed: Buffer): Buffer {
  if (sealed.length <= REPLY_BYTES_MAX) return sealed
  throw new ReplyTooLarge(`A reply may have ${REPLY_BYTES_MAX} bytes; this one has ${sealed.length}.`)
}
