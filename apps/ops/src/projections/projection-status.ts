import type { Position, Projection } from '@billstream/event-sourcing-core'
import type { ProjectionFailure, ProjectionPause } from '@billstream/event-sourcing-runtime'
import type { OpsPorts } from '../ops'
import { eventLag, type EventLag } from './event-lag'

/** Between two looks, to see how fast a projection moves, in milliseconds. */
const RATE_MS = 1_000

export interface ProjectionStatus extends EventLag {
  readonly projection: string
  readonly state: 'live' | 'behind' | 'paused' | 'never_ran'
  readonly position: Position
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
  const lags = new Map<Position, Lag>()
  const statuses: ProjectionStatus[] = []
  for (const { name } of ports.projections) {
    const position = positions.get(name)
    const [pause, lastFailure] = [pauses.get(name), failures.get(name)]
    const reached = position ?? 0n
    const lag = lags.get(reached) ?? (await lagOf(reached, head, ports, signal))
    lags.set(reached, lag)
    statuses.push({
      projection: name,
      state: stateOf(position, lag.lagEvents, pause),
      position: reached,
      ...lag,
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

type Lag = EventLag & Pick<ProjectionStatus, 'lagSeconds'>

async function lagOf(
  position: Position,
  head: Position,
  ports: Pick<StatusPorts, 'eventStore' | 'clock'>,
  signal: AbortSignal,
): Promise<Lag> {
  const lag = await eventLag(position, head, { ...ports, signal })
  return { ...lag, lagSeconds: lag.lagEvents > 0n ? await ageBehind(position, ports, signal) : 0 }
}

function stateOf(
  position: Position | undefined,
  lag: bigint,
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
