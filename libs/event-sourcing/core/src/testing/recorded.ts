import { derivedId } from '@billstream/kernel'
import type { DomainEvent, EventMetadata, RecordedEvent } from '../message'
import { rowAfter, type RowChange } from '../view-definition'
import { testMetadata } from './decider-specification'

/** A recorded event for specs of projections and processes. */
export function recorded<E extends DomainEvent>(
  event: E,
  at: { stream?: string; revision?: number; position?: bigint; id?: string; metadata?: Partial<EventMetadata> } = {},
): RecordedEvent<E['type'], E['data']> {
  const { now, ...metadata } = testMetadata()
  const position = at.position ?? 1n
  return {
    ...event,
    id: at.id ?? derivedId('recorded', event.type, String(position)),
    schemaVersion: 1,
    stream: at.stream ?? 'spec-1',
    revision: at.revision ?? 0,
    position,
    recordedAt: now,
    metadata: { ...metadata, occurredAt: now, ...at.metadata },
  }
}

/** Folds recorded events through a projection's handlers: the rows by id. */
export function projectRows<Row>(
  projection: { on: Readonly<Record<string, (event: RecordedEvent) => readonly RowChange<Row>[]>> },
  events: readonly RecordedEvent[],
): Map<string, Row> {
  const rows = new Map<string, Row>()
  for (const event of events) {
    for (const change of projection.on[event.type]?.(event) ?? []) {
      const next = rowAfter(change, rows.get(change.id))
      if (next === null) rows.delete(change.id)
      else if (next !== undefined) rows.set(change.id, next)
    }
  }
  return rows
}
