import type { RecordedEvent } from '@billstream/event-sourcing-core'
import { safeLine } from '../console/safe-text'

/** An event as it is shown: what is personal is left out unless it is asked for. */
export function shownEvent(event: RecordedEvent, personal: 'shown' | 'hidden'): RecordedEvent {
  const { data } = event
  if (personal === 'shown' || typeof data !== 'object' || data === null || !('personal' in data)) return event
  return { ...event, data: { ...data, personal: data.personal === null ? null : '[personal]' } }
}

/** One line: position, time, type, stream@revision. */
export function eventLine({ position, recordedAt, type, stream, revision }: RecordedEvent): string {
  return `${position}  ${recordedAt}  ${type}  ${safeLine(stream)}@${revision}`
}

/** An event in full, for people. */
export function eventDetails({ id, metadata, data, schemaVersion, ...event }: RecordedEvent): string {
  const { actor, commandId, commandType, correlationId, causationId, occurredAt, organizationId, due, clockId } =
    metadata
  const fields: [string, string | undefined][] = [
    ['event', `${id}  ${event.type} (version ${schemaVersion})`],
    ['stream', `${event.stream}@${event.revision}, position ${event.position}`],
    ['recorded', event.recordedAt],
    ['occurred', clockId === undefined ? occurredAt : `${occurredAt} on test clock ${clockId}`],
    ['due', due],
    ['organization', organizationId],
    ['actor', `${actor.type} ${actor.id}`],
    ['command', commandType === undefined ? commandId : `${commandId}  ${commandType}`],
    ['correlation', correlationId],
    ['causation', causationId],
  ]
  const lines = fields.flatMap(([name, value]) =>
    value === undefined ? [] : [`${name.padEnd(13)} ${safeLine(value)}`],
  )
  return [...lines, JSON.stringify(data, null, 2)].join('\n')
}
