import {
  rowAfter,
  type Projection,
  type RecordedEvent,
  type RowChange,
  type ViewDefinition,
  type ViewRow,
} from '@billstream/event-sourcing-core'
import type { ViewWrites } from '../ports/views.port'

/** null: there is no such row. */
export type Rows = Map<string, ViewRow<ViewDefinition> | null>

/** What the events change, in their order. */
export function changesOf(
  projection: Projection,
  events: readonly RecordedEvent[],
): RowChange<ViewRow<ViewDefinition>>[] {
  return events.flatMap((event) => projection.on[event.type]?.(event) ?? [])
}

/** Folds the changes into the rows, of which every one that is looked at must be there or known to be absent; gives the ids that changed. */
export function foldInto(rows: Rows, changes: readonly RowChange<ViewRow<ViewDefinition>>[]): Set<string> {
  const changed = new Set<string>()
  for (const change of changes) {
    const next = rowAfter(change, rows.get(change.id) ?? undefined)
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
