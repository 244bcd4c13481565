import {
  rowAfter,
  type Projection,
  type RecordedEvent,
  type ViewDefinition,
  type ViewRow,
} from '@billstream/event-sourcing-core'
import { canonicalRow } from '@billstream/event-sourcing-runtime'
import type { Invariant } from './observed-world'

const ROWS_MAX = 100_000

type AnyRow = ViewRow<ViewDefinition>

/**
 * Live views are what the same events give from the first one on: every row, at the end.
 */
export const liveIsRebuilt: Invariant = {
  name: 'live views = rebuilt views',
  async check({ ports, projections, events }) {
    const broken = projections.map(async (projection) => {
      const live = await ports.viewsAnywhere.findAnywhere(projection.view, { limit: ROWS_MAX })
      return differences(projection, new Map(live.map((row) => [row.id, row])), rebuild(projection, events))
    })
    return (await Promise.all(broken)).flat()
  },
}

/** After each step those rows that its events name. */
export const freshRowsAreRebuilt: Invariant = {
  name: liveIsRebuilt.name,
  async check({ ports, projections, events, fresh }) {
    const broken = projections.map(async (projection) => {
      const ids = [...new Set(fresh.flatMap((event) => changedBy(projection, event)))]
      if (ids.length === 0) return []
      const live = await ports.viewsAnywhere.findAnywhere(projection.view, {
        where: { id: { in: ids } },
        limit: ROWS_MAX,
      })
      const rebuilt = rebuild(projection, events, new Set(ids))
      return differences(projection, new Map(live.map((row) => [row.id, row])), rebuilt)
    })
    return (await Promise.all(broken)).flat()
  },
}

function changedBy({ on }: Projection, event: RecordedEvent): string[] {
  return (on[event.type]?.(event) ?? []).map(({ id }) => id)
}

/** only: of these rows, else of all. */
function rebuild(
  { on, view }: Projection,
  events: readonly RecordedEvent[],
  only?: ReadonlySet<string>,
): Map<string, AnyRow> {
  const rows = new Map<string, AnyRow>()
  for (const event of events) {
    for (const change of on[event.type]?.(event) ?? []) {
      const { id } = change
      if (only && !only.has(id)) continue
      const next = rowAfter(change, rows.get(id))
      if (next === null) rows.delete(id)
      else if (next !== undefined) rows.set(id, next)
    }
  }
  const canonical = new Map<string, AnyRow>()
  for (const [id, row] of rows) canonical.set(id, canonicalRow(view, row))
  return canonical
}

function differences(
  { name }: Projection,
  live: ReadonlyMap<string, AnyRow>,
  rebuilt: ReadonlyMap<string, AnyRow>,
): string[] {
  const ids = [...new Set([...live.keys(), ...rebuilt.keys()])]
  return ids.flatMap((id) => {
    const [shown, right] = [textOf(live.get(id)), textOf(rebuilt.get(id))]
    return shown === right ? [] : [`${name} ${id}: ${shown} is live, ${right} is rebuilt`]
  })
}

/** With members in one order. */
function textOf(row: AnyRow | undefined): string {
  if (!row) return 'no row'
  return JSON.stringify(row, sortedMembers)
}

function sortedMembers(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}
