import type { Position } from '@billstream/event-sourcing-core'
import type { OpsPorts } from '../ops'

/** A view that moves gets there by then. */
const REACHED_TIMEOUT_MS = 5_000

type LagPorts = Pick<OpsPorts, 'viewProgress' | 'projectionControls' | 'projections'>

/** The projections that are not at a position, and do not get there soon: paused, or run by nobody. Why, by name. */
export async function laggingViews(to: Position, ports: LagPorts): Promise<ReadonlyMap<string, string>> {
  const pauses = await ports.projectionControls.pauses()
  const paused = new Map(pauses.map(({ projection, by, reason }) => [projection, `paused by ${by}: ${reason}`]))
  const moving = ports.projections.map(({ name }) => name).filter((name) => !paused.has(name))
  await ports.viewProgress.reached(moving, to, REACHED_TIMEOUT_MS)
  const positions = await ports.viewProgress.positions()
  const lagging = new Map<string, string>()
  for (const { name } of ports.projections) {
    const position = positions.get(name)
    if (position !== undefined && position >= to) continue
    const where = position === undefined ? 'it has never run' : `at position ${position}, ${to - position} behind`
    lagging.set(name, `${where} (${paused.get(name) ?? 'does its projector run?'})`)
  }
  return lagging
}
