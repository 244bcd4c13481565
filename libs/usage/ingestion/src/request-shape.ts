import { parseInstant } from '@billstream/kernel'
import { storableText } from '@billstream/event-sourcing-runtime'
import {
  USAGE_NAME_CHARACTERS_MAX,
  USAGE_PROPERTIES_BYTES_MAX,
  type IngestAnswer,
  type IngestEvent,
  type IngestRequest,
} from '@billstream/usage-contracts'

type Malformed = Extract<IngestAnswer, { ok: false }>

/** UTF-16 units: a character has two at most, and indexes hold these. */
const NAME_MAX = 2 * USAGE_NAME_CHARACTERS_MAX
const TEXT_MAX = USAGE_PROPERTIES_BYTES_MAX
const TEXTS = [
  ['transactionId', NAME_MAX],
  ['externalCustomerId', NAME_MAX],
  ['externalSubscriptionId', NAME_MAX],
  ['code', NAME_MAX],
  ['timestamp', TEXT_MAX],
  ['properties', TEXT_MAX],
  ['createdAt', TEXT_MAX],
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
  const unkept = TEXTS.find(([name, max]) => !isKept(given[name], max))
  if (unkept) return unkept[0]
  // The event's id is made of it, where text that is no instant would throw.
  return parseInstant(given['createdAt']).ok ? undefined : 'createdAt'
}

function isKept(text: unknown, max: number): boolean {
  return typeof text === 'string' && text.length <= max && storableText(text) === text
}

function malformed(index: number, field: string, message: string): Malformed {
  return { ok: false, code: 'malformed_request', index, message, field }
}
