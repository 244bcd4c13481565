import type { IHeaders } from 'kafkajs'

/** Names of the headers of our messages; values are UTF-8 text. */
export const header = {
  /** Of one request and its reply. */
  requestId: 'request-id',
  /** Address of the process that waits for the reply; on a reply: whom it is for. */
  replyTo: 'reply-to',
  to: 'to',
  /** Of a reply in several parts: which sending of it, and `<number>/<count>`. */
  sending: 'sending',
  part: 'part',
  correlationId: 'correlation-id',
  contentType: 'content-type',
  /** CloudEvents type of an event. */
  eventType: 'ce_type',
} as const

/** A header's text; undefined where it is missing. */
export function textOf(headers: IHeaders | undefined, name: string): string | undefined {
  const value = headers?.[name]
  const first = Array.isArray(value) ? value[0] : value
  return first === undefined ? undefined : first.toString()
}
