import type { Position } from '@billstream/event-sourcing-core'
import type { Queries } from '../database/queries'
import type { ProjectionPositions } from './projection-positions'

const STORE_DELAY_MS = 25

const STORE = {
  name: 'projection_passed_over',
  text: `with moved as (
           update projections.checkpoints c set position = m.reached, moved_at = clock_timestamp()
             from unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[]) as m (name, version, stored, reached)
            where c.name = m.name and c.version = m.version and c.position = m.stored
              and not exists (select from projections.pauses p where p.projection = c.name)
           returning c.name, set_config('synchronous_commit', 'off', true)
         )
         select name from moved`,
}

interface Held {
  readonly version: number
  /** What the database has. */
  stored: Position
  /** What the projection has seen since, all of it filtered out. */
  reached: Position
}

/**
 * Moves that change no row: most events concern few views, and a statement for each view and event would cost more than
 * the rest of the projections. Who waits in this process is told at once, which is true: the rows are what they would be.
 * The checkpoints follow together, a moment later. After a crash the events are filtered out once more.
 */
export class PassedOver {
  private readonly held = new Map<string, Held>()
  private storing = Promise.resolve()
  private timer: NodeJS.Timeout | undefined

  constructor(
    private readonly worker: Queries,
    private readonly positions: ProjectionPositions,
  ) {}

  /** This process has read or written the checkpoint. */
  holds({ name, version }: { name: string; version: number }, position: Position): void {
    this.held.set(name, { version, stored: position, reached: position })
  }

  /** Nothing is known of the checkpoint any more. */
  async forget(name: string): Promise<void> {
    await this.storing
    this.held.delete(name)
  }

  /** Takes a move without rows; false when this process does not stand at `from`, so that the database has to judge. */
  note({ name, version }: { name: string; version: number }, { from, to }: { from: Position; to: Position }): boolean {
    const held = this.held.get(name)
    if (held?.version !== version || held.reached !== from) return false
    held.reached = to
    this.positions.moved(name, to)
    this.timer ??= setTimeout(() => void this.store(), STORE_DELAY_MS)
    return true
  }

  /**
   * The position that the database has while the projection stands at `from`. What is held is forgotten: whoever moves
   * the checkpoint says afterwards where it is, and after a failure nobody knows.
   */
  async take({ name, version }: { name: string; version: number }, from: Position): Promise<Position> {
    await this.storing
    const held = this.held.get(name)
    this.held.delete(name)
    return held?.version === version && held.reached === from ? held.stored : from
  }

  /** Stores what is noted. */
  store(): Promise<void> {
    clearTimeout(this.timer)
    this.timer = undefined
    // One after the other: each expects what the one before has stored.
    this.storing = this.storing.then(() => this.storeAll())
    return this.storing
  }

  private async storeAll(): Promise<void> {
    const moves = [...this.held].filter(([, { stored, reached }]) => reached > stored)
    if (moves.length === 0) return
    const sent = moves.map(([name, held]) => ({ name, held, reached: held.reached }))
    const moved = await this.move(sent)
    for (const { name, held, reached } of sent) this.settled(name, held, moved.has(name) ? reached : undefined)
  }

  private async move(moves: readonly { name: string; held: Held; reached: Position }[]): Promise<ReadonlySet<string>> {
    const values = [
      moves.map(({ name }) => name),
      moves.map(({ held }) => held.version),
      moves.map(({ held }) => held.stored),
      moves.map(({ reached }) => reached),
    ]
    try {
      const rows = await this.worker.query<{ name: string }>({ ...STORE, values })
      return new Set(rows.map(({ name }) => name))
    } catch {
      // They may or may not have moved. The next commit lets the database judge, and meets whatever went wrong here.
      return new Set()
    }
  }

  private settled(name: string, held: Held, stored: Position | undefined): void {
    if (stored === undefined) {
      if (this.held.get(name) === held) this.held.delete(name)
      return
    }
    held.stored = stored
    this.positions.moved(name, held.reached)
    this.positions.told(name, stored)
    if (held.reached > stored) this.timer ??= setTimeout(() => void this.store(), STORE_DELAY_MS)
  }
}
