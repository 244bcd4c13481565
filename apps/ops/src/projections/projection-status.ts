import type { Position, Projection } from '@billstream/event-sourcing-core'
import type { ProjectionFailure, ProjectionPause } from '@billstream/event-sourcing-runtime'
import type { OpsPorts } from '../ops'

/** Between two looks, to see how fast a projection moves, in milliseconds. */
const RATE_MS = 1_000

export interface ProjectionStatus {
  readonly projection: string
  readonly state: 'live' | 'behind' | 'paused' | 'never_ran'
  readonly position: Position
  /** Events of the store behind its position, of any type. */
  readonly lagEvents: Position
  /** Age of the first of them; 0 when there is none. */
  readonly lagSeconds: number
  /** Positions per second over the last second. */
  readonly rate: number
  readonly pause?: ProjectionPause
  readonly lastFailure?: ProjectionFailure
}

type StatusPorts = Pick<
  OpsPorts,
  'eventStore' | 'viewProgress' | 'projectionControls' | 'projections' | 'clock' | 'sleeper'
>

/** How each projection is doing; takes a second, to see them move. Throws when the signal aborts meanwhile. */
export async function projectionStatuses(ports: StatusPorts, signal: AbortSignal): Promise<ProjectionStatus[]> {
  const before = await ports.viewProgress.positions()
  await ports.sleeper.sleep(RATE_MS, signal)
  const [positions, head] = [await ports.viewProgress.positions(), await ports.eventStore.head()]
  const pauses = byProjection(await ports.projectionControls.pauses())
  const failures = byProjection(await ports.projectionControls.failures())
  const ages = new Map<Position, number>()
  const statuses: ProjectionStatus[] = []
  for (const { name } of ports.projections) {
    const position = positions.get(name)
    const [pause, lastFailure] = [pauses.get(name), failures.get(name)]
    const lagEvents = lagOf(position, head)
    const reached = position ?? 0n
    if (lagEvents > 0n && !ages.has(reached)) ages.set(reached, await ageBehind(reached, ports, signal))
    signal.throwIfAborted()
    statuses.push({
      projection: name,
      state: stateOf(position, lagEvents, pause),
      position: reached,
      lagEvents,
      lagSeconds: lagEvents > 0n ? (ages.get(reached) ?? 0) : 0,
      rate: Math.max(0, Number(reached - (before.get(name) ?? reached))),
      ...(pause && { pause }),
      ...(lastFailure && { lastFailure }),
    })
  }
  return statuses
}

/** The projection of the platform that has this name. */
export function projectionNamed(projections: readonly Projection[], name: string): Projection | undefined {
  return projections.find((projection) => projection.name === name)
}

function lagOf(position: Position | undefined, head: Position): Position {
  const reached = position ?? 0n
  return head > reached ? head - reached : 0n
}

function stateOf(
  position: Position | undefined,
  lag: Position,
  pause: ProjectionPause | undefined,
): ProjectionStatus['state'] {
  if (pause) return 'paused'
  if (position === undefined) return 'never_ran'
  return lag === 0n ? 'live' : 'behind'
}

/** Seconds since the first event behind the position was recorded. Throws when the signal aborts before it is found. */
export async function ageBehind(
  position: Position,
  { eventStore, clock }: Pick<StatusPorts, 'eventStore' | 'clock'>,
  signal: AbortSignal,
): Promise<number> {
  for await (const { events } of eventStore.subscribe(position, { signal, batchMax: 1 })) {
    const [first] = events
    if (first) return Math.max(0, Math.round((Date.parse(clock.now()) - Date.parse(first.recordedAt)) / 1_000))
  }
  signal.throwIfAborted()
  return 0
}

function byProjection<T extends { readonly projection: string }>(rows: readonly T[]): ReadonlyMap<string, T> {
  return new Map(rows.map((row) => [row.projection, row]))
}
