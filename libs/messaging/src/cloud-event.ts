import type { EventDescriptor, EventMetadata, RecordedEvent } from '@billstream/event-sourcing-core'

/** A recorded event as it is published: CloudEvents 1.0 in JSON, with the platform's metadata as extensions. */
export interface CloudEvent {
  readonly specversion: '1.0'
  readonly id: string
  /** `/billstream/<category of the stream>` */
  readonly source: string
  /** `billstream.<EventType>.v<version>` */
  readonly type: string
  /** The stream: also the key, so events of one stream stay in order. */
  readonly subject: string
  /** Customer time. */
  readonly time: string
  readonly datacontenttype: 'application/json'
  readonly data: unknown
  readonly revision: number
  readonly position: string
  readonly recordedat: string
  readonly metadata: EventMetadata
}

/** Leaves the member `personal` out: a person can be forgotten without asking subscribers. */
export function toCloudEvent(event: RecordedEvent, descriptor: EventDescriptor): CloudEvent {
  return {
    specversion: '1.0',
    id: event.id,
    source: `/billstream/${event.stream.slice(0, event.stream.length - UUID_LENGTH - 1)}`,
    type: cloudEventType(event.type, event.schemaVersion),
    subject: event.stream,
    time: event.metadata.occurredAt,
    datacontenttype: 'application/json',
    data: descriptor.personalSubject ? withoutPersonal(event.data) : event.data,
    revision: event.revision,
    position: String(event.position),
    recordedat: event.recordedAt,
    metadata: event.metadata,
  }
}

/** `billstream.<EventType>.v<version>` */
export function cloudEventType(type: string, version: number): string {
  return `billstream.${type}.v${version}`
}

export function fromCloudEvent(cloud: CloudEvent): RecordedEvent {
  const [, type = '', version = '1'] = /^billstream\.(\w+)\.v(\d+)$/.exec(cloud.type) ?? []
  return {
    id: cloud.id,
    type,
    schemaVersion: Number(version),
    data: cloud.data,
    stream: cloud.subject,
    revision: cloud.revision,
    position: BigInt(cloud.position),
    recordedAt: cloud.recordedat,
    metadata: cloud.metadata,
  }
}

function withoutPersonal(data: unknown): unknown {
  const { personal: _left, ...rest } = data as Record<string, unknown>
  return rest
}

const UUID_LENGTH = 36
