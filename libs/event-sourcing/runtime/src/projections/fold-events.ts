import type { Projection, RecordedEvent, RowChange, ViewDefinition, ViewRow } from '@billstream/event-sourcing-core'
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

/** Folds the changes into the rows, of which every one must be there or known to be absent; gives the ids that changed. */
export function foldInto(rows: Rows, changes: readonly RowChange<ViewRow<ViewDefinition>>[]): Set<string> {
  const changed = new Set<string>()
  for (const { id, fold } of changes) {
    const next = fold(rows.get(id) ?? undefined)
    if (next === undefined) continue
    rows.set(id, next)
    changed.add(id)
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
