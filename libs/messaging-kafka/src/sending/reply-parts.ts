import { randomUUID } from 'node:crypto'
import type { IHeaders, KafkaMessage } from 'kafkajs'
import { BrokerUnavailable } from '@billstream/event-sourcing-runtime'
import { MESSAGE_BYTES_MAX, REPLY_BYTES_MAX } from '@billstream/messaging'
import { header, textOf } from '../connection/message-headers'

/** Parts of all replies that are not whole yet, of MESSAGE_BYTES_MAX at most: two replies of the greatest size. */
const HELD_MAX = (2 * REPLY_BYTES_MAX) / MESSAGE_BYTES_MAX

interface Part {
  readonly sending: string
  /** From 1 to `count`. */
  readonly number: number
  readonly count: number
  readonly value: Buffer
}

/** A reply in as many messages as it needs. Only of several each says which part it is. */
export function partsOf(reply: Buffer): { readonly value: Buffer; readonly headers: IHeaders }[] {
  const count = Math.ceil(reply.length / MESSAGE_BYTES_MAX)
  if (count <= 1) return [{ value: reply, headers: {} }]
  const sending = randomUUID()
  return Array.from({ length: count }, (_, index) => ({
    value: reply.subarray(index * MESSAGE_BYTES_MAX, (index + 1) * MESSAGE_BYTES_MAX),
    headers: { [header.sending]: sending, [header.part]: `${index + 1}/${count}` },
  }))
}

/**
 * Puts the parts of replies together, in whatever order and however often they come. A request that was delivered twice is answered
 * twice, and the parts of both may come mixed: each sending of a reply is put together by itself.
 */
export class ReplyParts {
  private readonly held = new Map<string, readonly Part[]>()
  private count = 0

  /** The whole reply with its last part. Throws BrokerUnavailable when too many parts are held already, TypeError on what is none. */
  join(requestId: string, message: Pick<KafkaMessage, 'headers' | 'value'>): Buffer | undefined {
    if (textOf(message.headers, header.sending) === undefined) return message.value ?? Buffer.alloc(0)
    const part = partOf(message)
    const held = this.held.get(requestId) ?? []
    const same = held.filter(({ sending }) => sending === part.sending)
    if (same.some(({ number }) => number === part.number)) return undefined
    if (same.length + 1 < part.count) {
      this.hold(requestId, [...held, part])
      return undefined
    }
    this.hold(
      requestId,
      held.filter(({ sending }) => sending !== part.sending),
    )
    const inOrder = [...same, part].sort((one, other) => one.number - other.number)
    return Buffer.concat(inOrder.map(({ value }) => value))
  }

  /** Nobody waits for this reply any more. */
  forget(requestId: string): void {
    this.hold(requestId, [])
  }

  private hold(requestId: string, parts: readonly Part[]): void {
    const count = this.count - (this.held.get(requestId)?.length ?? 0) + parts.length
    if (count > HELD_MAX) throw new BrokerUnavailable(`${HELD_MAX} parts of replies wait for the rest already.`)
    this.count = count
    if (parts.length > 0) this.held.set(requestId, parts)
    else this.held.delete(requestId)
  }
}

/** The topic of replies is open to other producers. */
function partOf({ headers, value }: Pick<KafkaMessage, 'headers' | 'value'>): Part {
  const [, number, count] = (/^(\d+)\/(\d+)$/.exec(textOf(headers, header.part) ?? '') ?? []).map(Number)
  if (number === undefined || count === undefined || number < 1 || number > count) throw new TypeError('It is no part.')
  if (!value || value.length > MESSAGE_BYTES_MAX) throw new TypeError('It has no size of a part.')
  return { sending: textOf(headers, header.sending) ?? '', number, count, value }
}
