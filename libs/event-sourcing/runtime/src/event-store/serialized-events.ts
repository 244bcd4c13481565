import { Buffer } from 'node:buffer'
import type { EventMetadata, NewEvent } from '@billstream/event-sourcing-core'
import { refuse, type Refused } from '@billstream/kernel'
import { APPEND_BYTES_MAX } from '../ports/event-store.port'

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/

/** A new event as every adapter keeps it: JSON text, so all of them lose or keep the same (an `undefined` member is gone). */
export interface SerializedEvent {
  readonly id: string
  readonly type: string
  readonly schemaVersion: number
  readonly organizationId: string
  readonly correlationId: string
  /** JSON on one line. */
  readonly data: string
  /** JSON on one line, without the organization and the correlation, which stand beside it. */
  readonly metadata: string
  /** UTF-8 bytes of data and metadata. */
  readonly bytes: number
}

/** What stands in `SerializedEvent.metadata`. */
export type StoredMetadata = Omit<EventMetadata, 'organizationId' | 'correlationId'>

/**
 * The events of one append as they are kept. Throws on what only a bug can ask for: no event, an id that is no UUID,
 * one id twice.
 */
export function serializeEvents(events: readonly NewEvent[]): SerializedEvent[] {
  if (events.length === 0) throw new Error('An append holds at least one event.')
  const ids = new Set(events.map(({ id }) => id))
  if (ids.size < events.length) throw new Error('One append holds an event id twice.')
  return events.map(serialize)
}

function serialize({ id, type, schemaVersion, data, metadata }: NewEvent): SerializedEvent {
  if (!UUID.test(id)) throw new Error(`An event id is a UUID in lower case, not ${id}.`)
  const { organizationId, correlationId, ...rest } = metadata
  const texts = { data: JSON.stringify(data ?? null), metadata: JSON.stringify(rest) }
  const bytes = Buffer.byteLength(texts.data) + Buffer.byteLength(texts.metadata)
  return { id, type, schemaVersion, organizationId, correlationId, ...texts, bytes }
}

/** Refuses an append of more than APPEND_BYTES_MAX bytes. */
export function appendTooLarge(events: readonly SerializedEvent[]): Refused<'append_too_large'> | undefined {
  const bytes = events.reduce((sum, event) => sum + event.bytes, 0)
  if (bytes <= APPEND_BYTES_MAX) return undefined
  return refuse('append_too_large', `The events have ${bytes} bytes; one append may have ${APPEND_BYTES_MAX}.`)
}
