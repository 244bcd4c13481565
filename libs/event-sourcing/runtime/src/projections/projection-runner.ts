import type { Projection } from '@billstream/event-sourcing-core'
import { isInfrastructureFailure } from '../errors'
import { runUntilAborted } from '../running/retry-loop'
import type { PlatformPorts } from '../service/platform-ports'
import { RowMemory } from './row-memory'

/** Events folded into one commit, at most. */
export const PROJECTION_BATCH_MAX = 1_000

/** Rows that a projection remembers, at most: events of one object come close together. */
const LIVE_ROWS_MAX = 2_000

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
  // What is remembered holds while every commit succeeds: nobody else has written in between.
  const rows = new RowMemory(projection, ports.viewWriter, false, LIVE_ROWS_MAX)
  const options = { filter: { types: Object.keys(projection.on) }, signal, batchMax: PROJECTION_BATCH_MAX }
  for await (const batch of ports.eventStore.subscribe(from, options)) {
    if (signal.aborted) return
    if (batch.reached <= from) continue
    if (batch.events.length > 0) await rows.fold(batch.events)
    if (!(await ports.viewWriter.commit(projection, { from, to: batch.reached }, rows.writes()))) return
    rows.written()
    from = batch.reached
  }
}
