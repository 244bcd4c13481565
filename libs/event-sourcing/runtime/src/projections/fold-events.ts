import {
  rowAfter,
  type Projection,
  type RecordedEvent,
  type RowChange,
  type ViewDefinition,
  type ViewRow,
} from '@billstream/event-sourcing-core'
import type { ViewWrites } from '../ports/views.port'
import { folding } from './fold-failed'

/** null: there is no such row. */
export type Rows = Map<string, ViewRow<ViewDefinition> | null>

/** A change of a row, and the event that it comes of. */
export interface EventChange {
  readonly change: RowChange<ViewRow<ViewDefinition>>
  readonly event: RecordedEvent
}

/** What the events change, in their order. Throws FoldFailed. */
export function changesOf(projection: Projection, events: readonly RecordedEvent[]): EventChange[] {
  return events.flatMap((event) =>
    folding(projection, event, () => projection.on[event.type]?.(event) ?? []).map((change) => ({ change, event })),
  )
}

/**
 * Folds the changes into the rows, of which every one that is looked at must be there or known to be absent; gives the ids that
 * changed. Throws FoldFailed.
 */
export function foldInto(rows: Rows, projection: Projection, changes: readonly EventChange[]): Set<string> {
  const changed = new Set<string>()
  for (const { change, event } of changes) {
    const next = folding(projection, event, () => rowAfter(change, rows.get(change.id) ?? undefined))
    if (next === undefined) continue
    rows.set(change.id, next)
    changed.add(change.id)
  }
  return changed
}

export function writesOf(view: ViewDefinition, rows: Rows, changed: Iterable<string>): ViewWrites {
  const upserts: ViewRow<ViewDefinition>[] = []
  const removals: string[] = []
  for (const id of changed) {
    const row = rows.get(id)
    if (row) upserts.push(row)
    else removals.push(id)
  }
  return { view, upserts, removals }
}
