import type { Position, Projection, RecordedEvent, ViewDefinition, ViewRow } from '@billstream/event-sourcing-core'
import { runUntilAborted } from '../running/retry-loop'
import type { PlatformPorts } from '../service/platform-ports'

/** Events folded into one commit, at most. */
export const PROJECTION_BATCH_MAX = 1_000

type ProjectionPorts = Pick<PlatformPorts, 'eventStore' | 'viewWriter' | 'leases' | 'log' | 'sleeper'>

interface AnyRow {
  readonly id: string
  readonly organization_id: string
}

/**
 * Keeps one view up to date: subscribes from its checkpoint, folds a batch in memory, writes rows and checkpoint together.
 * Live and rebuild are the same code. One active instance; a stale one changes nothing.
 */
export async function runProjection(projection: Projection, ports: ProjectionPorts, stop: AbortSignal): Promise<void> {
  await runUntilAborted(`projection ${projection.name}`, stop, ports, () =>
    ports.leases.hold(`projection:${projection.name}`, stop, (signal) => follow(projection, ports, signal)),
  )
}

async function follow(projection: Projection, ports: ProjectionPorts, signal: AbortSignal): Promise<void> {
  let from = await ports.viewWriter.checkpoint(projection)
  if (from === undefined) {
    await ports.viewWriter.reset(projection, projection.view)
    from = 0n
  }
  const options = { filter: { types: Object.keys(projection.on) }, signal, batchMax: PROJECTION_BATCH_MAX }
  for await (const batch of ports.eventStore.subscribe(from, options)) {
    if (signal.aborted) return
    if (batch.reached <= from) continue
    if (!(await applyBatch(projection, ports, { from, to: batch.reached }, batch.events))) return
    from = batch.reached
  }
}

async function applyBatch(
  projection: Projection,
  { viewWriter }: ProjectionPorts,
  move: { from: Position; to: Position },
  events: readonly RecordedEvent[],
): Promise<boolean> {
  const changes = events.flatMap((event) => projection.on[event.type]?.(event) ?? [])
  const ids = [...new Set(changes.map(({ id }) => id))]
  const loaded = ids.length > 0 ? await viewWriter.load(projection.view, ids) : []
  const rows = new Map<string, ViewRow<ViewDefinition> | null>(loaded.map((row) => [row.id, row]))
  const changed = new Set<string>()
  for (const { id, fold } of changes) {
    const next = fold(rows.get(id) ?? undefined)
    if (next === undefined) continue
    rows.set(id, next)
    changed.add(id)
  }
  const upserts: AnyRow[] = []
  const removals: string[] = []
  for (const id of changed) {
    const row = rows.get(id)
    if (row) upserts.push(row)
    else removals.push(id)
  }
  return viewWriter.commit(projection, move, {
    view: projection.view,
    upserts: upserts as ViewRow<ViewDefinition>[],
    removals,
  })
}
