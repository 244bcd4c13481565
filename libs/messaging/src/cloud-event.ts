import type { EventDescriptor, EventMetadata, RecordedEvent } from '@billstream/event-sourcing-core'

/**
 * A recorded event as it is published: CloudEvents 1.0 in JSON, with the platform's metadata as extensions, whose names have small
 * letters and whose values are no objects. Source: CloudEvents 1.0, "Extension Context Attributes".
 */
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
  readonly organizationid: string
  readonly actortype: EventMetadata['actor']['type']
  readonly actorid: string
  readonly commandid: string
  /** Which command recorded it. */
  readonly commandtype?: string
  readonly correlationid: string
  readonly causationid: string
  /** The instant of the timer from which it descends. */
  readonly due?: string
  /** The test clock that rules the customer. */
  readonly clockid?: string
}

/** Leaves the member `personal` out: a person can be forgotten without asking subscribers. */
export function toCloudEvent(event: RecordedEvent, descriptor: EventDescriptor): CloudEvent {
  const { organizationId, actor, commandId, commandType, correlationId, causationId, occurredAt, due, clockId } =
    event.metadata
  return {
    specversion: '1.0',
    id: event.id,
    source: `/billstream/${event.stream.slice(0, event.stream.length - UUID_LENGTH - 1)}`,
    type: cloudEventType(event.type, event.schemaVersion),
    subject: event.stream,
    time: occurredAt,
    datacontenttype: 'application/json',
    data: descriptor.personalSubject ? withoutPersonal(event.data) : event.data,
    revision: event.revision,
    position: String(event.position),
    recordedat: event.recordedAt,
    organizationid: organizationId,
    actortype: actor.type,
    actorid: actor.id,
    commandid: commandId,
    ...(commandType !== undefined && { commandtype: commandType }),
    correlationid: correlationId,
    causationid: causationId,
    ...(due !== undefined && { due }),
    ...(clockId !== undefined && { clockid: clockId }),
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
    metadata: metadataOf(cloud),
  }
}

function metadataOf(cloud: CloudEvent): EventMetadata {
  const { organizationid, actortype, actorid, commandid, commandtype, correlationid, causationid, time, due, clockid } =
    cloud
  return {
    organizationId: organizationid,
    actor: { type: actortype, id: actorid },
    commandId: commandid,
    ...(commandtype !== undefined && { commandType: commandtype }),
    correlationId: correlationid,
    causationId: causationid,
    occurredAt: time,
    ...(due !== undefined && { due }),
    ...(clockid !== undefined && { clockId: clockid }),
  }
}

function withoutPersonal(data: unknown): unknown {
  const { personal: _left, ...rest } = data as Record<string, unknown>
  return rest
}

const UUID_LENGTH = 36
