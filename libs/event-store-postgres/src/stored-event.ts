import type { EventMetadata, RecordedEvent } from '@billstream/event-sourcing-core'
import type { SerializedEvent, StoredMetadata } from '@billstream/event-sourcing-runtime'

/** A row of store.events. */
export interface EventRow {
  readonly position: string
  readonly recorded_at: string
  readonly id: string
  readonly revision: number
  readonly bytes: number
  readonly schema_version: number
  readonly stream: string
  readonly type: string
  readonly organization_id: string
  readonly correlation_id: string
  readonly data: unknown
  readonly metadata: StoredMetadata
}

export const EVENT_COLUMNS =
  'position, recorded_at, id, revision, bytes, schema_version, stream, type, organization_id, correlation_id, data, metadata'

/** An event with what it takes in memory. */
export interface StoredEvent {
  readonly event: RecordedEvent
  /** UTF-8 bytes of its JSON. */
  readonly bytes: number
}

export function fromRow(row: EventRow): StoredEvent {
  const event: RecordedEvent = {
    id: row.id,
    type: row.type,
    schemaVersion: row.schema_version,
    data: row.data,
    metadata: { ...row.metadata, organizationId: row.organization_id, correlationId: row.correlation_id },
    stream: row.stream,
    revision: row.revision,
    position: BigInt(row.position),
    recordedAt: row.recorded_at,
  }
  return { event, bytes: row.bytes }
}

/** The event as a read would give it, made from what was sent: parsed again, so it is no object of the writer. */
export function asRecorded(
  sent: SerializedEvent,
  recorded: Pick<RecordedEvent, 'stream' | 'revision' | 'position' | 'recordedAt'>,
): StoredEvent {
  const { id, type, schemaVersion, organizationId, correlationId, bytes } = sent
  const rest = JSON.parse(sent.metadata) as StoredMetadata
  const metadata: EventMetadata = { ...rest, organizationId, correlationId }
  return { event: { id, type, schemaVersion, data: JSON.parse(sent.data), metadata, ...recorded }, bytes }
}
