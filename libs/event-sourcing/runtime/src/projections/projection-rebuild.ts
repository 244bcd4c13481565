import type { Position, Projection } from '@billstream/event-sourcing-core'
import type { PlatformPorts } from '../service/platform-ports'
import { compareViews, type ViewComparison } from './compare-views'
import { readAhead } from './read-ahead'
import { RowMemory } from './row-memory'

/** Events that are read at once: so few that they die young. Pages of 5,000 outlived the young generation, and cost 15 % more. */
const READ_EVENTS_MAX = 1_000
/** Written together, at most about so many rows, and after at most about so many events. */
const WRITE_ROWS_MAX = 5_000
const WRITE_EVENTS_MAX = 20_000
/** How far the two may be apart when the live one is held still. */
const REPLACE_DISTANCE_MAX = 1_000n
/** Until who reads for long, or a writer, has made room. */
const REPLACE_PAUSE_MS = 100

type RebuildPorts = Pick<PlatformPorts, 'eventStore' | 'viewWriter' | 'viewRebuilds' | 'sleeper'>

export interface RebuildOptions {
  /** Forgets what an earlier rebuild, which was broken off, has built. */
  readonly anew: boolean
  /** Ends the work between two writes; what is written stays for the next time. */
  readonly signal: AbortSignal
  /** target: where the live projection stands. */
  progress?(at: { position: Position; target: Position }): void
}

/** Why a view cannot be rebuilt. */
export class RebuildImpossible extends Error {
  override readonly name = 'RebuildImpossible'
}

/** The projection that builds the same view beside the one that is read: the same fold, with a checkpoint and a table of its own. */
export function besideOf(projection: Projection): Projection {
  const { name, view } = projection
  return { ...projection, name: `${name}:next`, view: { ...view, name: `${view.name}__next` } }
}

/**
 * Builds a view beside the one that is read, by the same fold. It is never ahead of the live one, so that both can be compared
 * at one position. Its checkpoint is written with its rows, so that a rebuild that was killed goes on where it was.
 */
export class ProjectionRebuild {
  private readonly beside: Projection
  private readonly memory: RowMemory

  private constructor(
    private readonly live: Projection,
    private readonly ports: RebuildPorts,
    private readonly options: RebuildOptions,
    private position: Position,
  ) {
    this.beside = besideOf(live)
    // By its own name, which is said where its fold fails.
    const fold = { ...live, view: this.beside.view }
    this.memory = new RowMemory(fold, ports.viewWriter, position === 0n)
  }

  /** Begins, or goes on. Throws RebuildImpossible while the projection itself has never run at its version. */
  static async begin(live: Projection, ports: RebuildPorts, options: RebuildOptions): Promise<ProjectionRebuild> {
    const beside = besideOf(live)
    if ((await ports.viewRebuilds.standing(live)) === undefined) {
      throw new RebuildImpossible(`${live.name} has not run at version ${live.version}: its projector builds it first.`)
    }
    await ports.viewRebuilds.provide(beside.view)
    const known = options.anew ? undefined : await ports.viewWriter.checkpoint(beside)
    if (known === undefined) await ports.viewWriter.reset(beside, beside.view)
    return new ProjectionRebuild(live, ports, options, known ?? 0n)
  }

  /** Until it is nearly where the live one is. false: the signal has ended it. */
  async build(): Promise<boolean> {
    for (;;) {
      const target = await this.target()
      if (!(await this.catchUp(target))) return false
      if ((await this.target()) - target < REPLACE_DISTANCE_MAX) return true
    }
  }

  /** Both at the same position. undefined: the signal has ended it. */
  async compare(): Promise<ViewComparison | undefined> {
    const { viewRebuilds } = this.ports
    return viewRebuilds.frozen(this.live, async (live) => {
      if (!(await this.catchUp(live.position))) return undefined
      return viewRebuilds.frozen(this.beside, (rebuilt) => compareViews(live.rows(), rebuilt.rows()))
    })
  }

  /** Takes the place of the live view. false: the signal has ended it; the live view is as it was. */
  async replace(): Promise<boolean> {
    const { viewRebuilds, sleeper } = this.ports
    while (await this.build()) {
      const near = async (to: Position): Promise<boolean> =>
        to - this.position <= REPLACE_DISTANCE_MAX && (await this.catchUp(to))
      if (await viewRebuilds.replace(this.live, this.beside, near)) return true
      await sleeper.sleep(REPLACE_PAUSE_MS, this.options.signal)
    }
    return false
  }

  /** Removes what was built. */
  discard(): Promise<void> {
    return this.ports.viewRebuilds.discard(this.beside)
  }

  private async target(): Promise<Position> {
    const position = await this.ports.viewRebuilds.standing(this.live)
    if (position === undefined) throw new RebuildImpossible(`${this.live.name} was reset while it was rebuilt.`)
    return position
  }

  /** Folds everything up to the position. false: the signal has ended it. */
  private async catchUp(to: Position): Promise<boolean> {
    const { signal } = this.options
    const filter = { types: Object.keys(this.beside.on) }
    const ended = new AbortController()
    const subscription = { filter, batchMax: READ_EVENTS_MAX, signal: AbortSignal.any([signal, ended.signal]) }
    let [read, unwritten] = [this.position, 0]
    if (read >= to) return !signal.aborted
    try {
      for await (const { events, reached } of readAhead(this.ports.eventStore.subscribe(read, subscription))) {
        const wanted = events.filter(({ position }) => position <= to)
        await this.memory.fold(wanted)
        read = reached < to ? reached : to
        unwritten += wanted.length
        if (read === to || unwritten >= WRITE_EVENTS_MAX || this.memory.unwritten >= WRITE_ROWS_MAX) {
          await this.write(read, to)
          unwritten = 0
        }
        if (read === to || signal.aborted) break
      }
    } finally {
      ended.abort()
    }
    return this.position >= to
  }

  private async write(to: Position, target: Position): Promise<void> {
    const move = { from: this.position, to }
    if (!(await this.ports.viewWriter.commit(this.beside, move, this.memory.writes()))) {
      throw new RebuildImpossible(`${this.live.name} is being rebuilt by somebody else.`)
    }
    this.memory.written()
    this.position = to
    this.options.progress?.({ position: to, target })
  }
}
