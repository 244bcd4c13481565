import type { RecordedEvent } from '@billstream/event-sourcing-core'
import type { Instant } from '@billstream/kernel'
import type { SerializedEvent, StoredMetadata } from '@billstream/event-sourcing-runtime'
import type { JSONEventData, ResolvedEvent } from '@kurrent/kurrentdb-client'

/** An event as the client gives it. */
export type KurrentEvent = NonNullable<ResolvedEvent['event']>

/** Metadata of an event: correlation and causation where KurrentDB's own tools look for them, the rest in one place. */
interface KurrentMetadata {
  readonly $correlationId: string
  readonly $causationId: string
  readonly billstream: {
    readonly schemaVersion: number
    readonly organizationId: string
    /** Which call has recorded it: the server answers a repeat like the first, so only this tells them apart. */
    readonly appendId: string
    /** When the append was made. The client reads the server's own time in whole seconds, where it does not subscribe. */
    readonly recordedAt: Instant
    readonly metadata: Omit<StoredMetadata, 'causationId'>
  }
}

/** An event of ours, with the call that has recorded it. */
export interface StoredEvent {
  readonly event: RecordedEvent
  readonly appendId: string
}

/** The one call that records some events, and its time by the clock of this program. */
export interface Append {
  readonly appendId: string
  readonly recordedAt: Instant
}

/** An event as it is sent: parsed again, since the client writes JSON itself. */
export function toKurrent(event: SerializedEvent, append: Append): JSONEventData {
  const { id, type, schemaVersion, organizationId, correlationId } = event
  const { causationId, ...metadata } = JSON.parse(event.metadata) as StoredMetadata
  const kept: KurrentMetadata = {
    $correlationId: correlationId,
    $causationId: causationId,
    billstream: { schemaVersion, organizationId, ...append, metadata },
  }
  const data = JSON.parse(event.data) as JSONEventData['data']
  return { id, type, contentType: 'application/json', data, metadata: kept as unknown as Record<string, unknown> }
}

/**
 * An event as it was recorded; undefined for one that another program has written into the same database.
 * Position: the event's commit position, which for every event that came through an append is its prepare position too.
 */
export function fromKurrent(recorded: KurrentEvent): StoredEvent | undefined {
  if (!recorded.isJson || !isOurs(recorded.metadata)) return undefined
  const { $correlationId, $causationId, billstream } = recorded.metadata
  const { schemaVersion, organizationId, appendId, recordedAt, metadata } = billstream
  const event: RecordedEvent = {
    id: recorded.id,
    type: recorded.type,
    schemaVersion,
    data: recorded.data,
    metadata: { ...metadata, causationId: $causationId, organizationId, correlationId: $correlationId },
    stream: recorded.streamId,
    revision: Number(recorded.revision),
    position: positionOf(recorded),
    recordedAt,
  }
  return { event, appendId }
}

/** Where the event is in the log. Throws where the server, older than 22.6, does not tell. */
export function positionOf({ position }: KurrentEvent): bigint {
  if (!position) throw new Error('KurrentDB gave an event without its position; version 22.6 is the oldest that does.')
  return position.commit
}

function isOurs(metadata: unknown): metadata is KurrentMetadata {
  return typeof metadata === 'object' && metadata !== null && 'billstream' in metadata
}
