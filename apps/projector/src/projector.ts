import type { Projection } from '@billstream/event-sourcing-core'
import { runProjection, type ProjectionPorts } from '@billstream/event-sourcing-runtime'

/** Keeps every read model up to date; resolves when `stop` has aborted and all have written what they hold. */
export async function runProjector(
  projections: readonly Projection[],
  ports: ProjectionPorts,
  stop: AbortSignal,
): Promise<void> {
  await Promise.all(projections.map((projection) => runProjection(projection, ports, stop)))
}
