import type { Position, Projection, RecordedEvent } from '@billstream/event-sourcing-core'
import { isInfrastructureFailure } from '../errors'
import { runUntilAborted } from '../running/retry-loop'
import type { PlatformPorts } from '../service/platform-ports'
import { changesOf, foldInto, writesOf, type Rows } from './fold-events'

/** Events folded into one commit, at most. */
export const PROJECTION_BATCH_MAX = 1_000

/** How soon a paused projection sees that it may go on, in milliseconds. */
const PAUSED_LOOK_MS = 500

export type ProjectionPorts = Pick<
  PlatformPorts,
  'eventStore' | 'viewWriter' | 'projectionControls' | 'leases' | 'clock' | 'log' | 'sleeper'
>

/**
 * Keeps one view up to date: subscribes from its checkpoint, folds a batch in memory, writes rows and checkpoint together.
 * Live and rebuild are the same code. One active instance; a stale one changes nothing.
 */
export async function runProjection(projection: Projection, ports: ProjectionPorts, stop: AbortSignal): Promise<void> {
  await runUntilAborted(`projection ${projection.name}`, stop, ports, () =>
    ports.leases.hold(`projection:${projection.name}`, stop, (signal) =>
      notingFailure(projection, ports, () => followUnlessPaused(projection, ports, signal)),
    ),
  )
}

/** A pause stops the commits of the view, wherever it runs: the running one ends, and looks here for when to go on. */
async function followUnlessPaused(projection: Projection, ports: ProjectionPorts, signal: AbortSignal): Promise<void> {
  if (await ports.projectionControls.isPaused(projection.name)) return ports.sleeper.sleep(PAUSED_LOOK_MS, signal)
  return follow(projection, ports, signal)
}

/** What an operator has to mend outlives the log; what infrastructure throws mends itself. */
async function notingFailure(
  { name }: Projection,
  { projectionControls, clock }: ProjectionPorts,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (isInfrastructureFailure(error)) throw error
    const message = error instanceof Error ? error.message : String(error)
    await projectionControls.failed({ projection: name, error: message, at: clock.now() })
    throw error
  }
}

async function follow(projection: Projection, ports: ProjectionPorts, signal: AbortSignal): Promise<void> {
  let from = await ports.viewWriter.checkpoint(projection)
  if (from === undefined) {
    // A holder that stood still meanwhile must not empty what its successor has built.
    if (!(await ports.viewWriter.start(projection, projection.view))) return
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
  const changes = changesOf(projection, events)
  const ids = [...new Set(changes.map(({ id }) => id))]
  const loaded = ids.length > 0 ? await viewWriter.load(projection.view, ids) : []
  const rows: Rows = new Map(loaded.map((row) => [row.id, row]))
  const changed = foldInto(rows, changes)
  return viewWriter.commit(projection, move, writesOf(projection.view, rows, changed))
}
