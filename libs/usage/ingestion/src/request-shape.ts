import { parseInstant } from '@billstream/kernel'
import { storableText } from '@billstream/event-sourcing-runtime'
import type { IngestAnswer, IngestEvent, IngestRequest } from '@billstream/usage-contracts'

type Malformed = Extract<IngestAnswer, { ok: false }>

/** Each text of an event with the most characters that it may have. Indexes hold the names. */
const TEXTS = [
  ['transactionId', 255],
  ['externalCustomerId', 255],
  ['externalSubscriptionId', 255],
  ['code', 255],
  ['timestamp', 255],
  ['properties', 64_000],
  ['createdAt', 255],
] satisfies readonly [keyof IngestEvent, number][]

/**
 * What makes a payload no request; undefined where it is one. The gateway sends none of these, but the topic is open to other
 * producers, and requests of one moment are written together: one that throws would fail all beside it.
 */
export function malformedRequest(payload: unknown): Malformed | undefined {
  const events = (payload as Partial<IngestRequest> | null | undefined)?.events as unknown
  if (!Array.isArray(events)) return malformed(0, 'events', 'A request holds a list of events.')
  for (const [index, event] of events.entries()) {
    const field = malformedField(event)
    if (field) return malformed(index, field, `The event needs ${field}, as text that can be kept.`)
  }
  return undefined
}

function malformedField(event: unknown): string | undefined {
  const given = (event ?? {}) as Record<string, unknown>
  const unkept = TEXTS.find(([name, charactersMax]) => !isKept(given[name], charactersMax))
  if (unkept) return unkept[0]
  // The event's id is made of it, where text that is no instant would throw.
  return parseInstant(given['createdAt']).ok ? undefined : 'createdAt'
}

function isKept(text: unknown, charactersMax: number): boolean {
  return typeof text === 'string' && text.length <= charactersMax && storableText(text) === text
}

function malformed(index: number, field: string, message: string): Malformed {
  return { ok: false, code: 'malformed_request', index, message, field }
}
