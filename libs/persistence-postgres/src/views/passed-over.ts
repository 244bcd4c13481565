import type { Position } from '@billstream/event-sourcing-core'
import type { Queries } from '../database/queries'
import type { Row, Statement } from '../database/statement-group'
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

/** Of one projection, on its way to the database. */
interface Move {
  readonly name: string
  readonly held: Held
  readonly reached: Position
}

/**
 * Moves that change no row: most events concern few views, and a statement for each view and event would cost more than
 * the rest of the projections. Who waits in this process is told at once, which is true: the rows are what they would be.
 * The checkpoints follow together, with the next commit of rows or a moment later. After a crash the events are filtered out
 * once more.
 */
export class PassedOver {
  private readonly held = new Map<string, Held>()
  private storing = Promise.resolve()
  /** Storings that have begun or wait for those before them. */
  private inLine = 0
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
    await this.untilStored()
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
    await this.untilStored()
    const held = this.held.get(name)
    this.held.delete(name)
    return held?.version === version && held.reached === from ? held.stored : from
  }

  /**
   * Runs a statement, and stores what is noted in the same transaction unless that is being done already: so whoever hears of
   * one view hears of all. Throws StoreUnavailable.
   */
  async alongside(statement: Statement): Promise<Row[]> {
    const moves = this.inLine > 0 ? [] : this.toStore()
    if (moves.length === 0) return this.worker.query(statement)
    let rows: Row[] = []
    await this.inTurn(() =>
      this.sendAll(moves, async (store) => {
        const [result, moved] = await this.worker.group([statement, store])
        rows = result?.rows ?? []
        return moved?.rows ?? []
      }),
    )
    return rows
  }

  /** Stores what is noted. */
  async store(): Promise<void> {
    // The next commit lets the database judge, and meets whatever went wrong here.
    await this.inTurn(() => this.storeAll()).catch(() => undefined)
  }

  /** Whoever waits with others may find that one of them carries what is noted of him. */
  private async untilStored(): Promise<void> {
    while (this.inLine > 0) await this.storing
  }

  /** One after the other: each expects what the one before has stored. */
  private inTurn(work: () => Promise<void>): Promise<void> {
    clearTimeout(this.timer)
    this.timer = undefined
    this.inLine += 1
    const done = this.storing.then(work).finally(() => (this.inLine -= 1))
    this.storing = done.catch(() => undefined)
    return done
  }

  private async storeAll(): Promise<void> {
    const moves = this.toStore()
    if (moves.length === 0) return
    await this.sendAll(moves, (store) => this.worker.query(store))
  }

  private toStore(): Move[] {
    return [...this.held]
      .filter(([, { stored, reached }]) => reached > stored)
      .map(([name, held]) => ({ name, held, reached: held.reached }))
  }

  /** What a failure leaves may or may not have moved. Throws what `send` throws. */
  private async sendAll(moves: readonly Move[], send: (store: Statement) => Promise<Row[]>): Promise<void> {
    let moved = new Set<unknown>()
    try {
      moved = new Set((await send(storeStatement(moves))).map(({ name }) => name))
    } finally {
      for (const { name, held, reached } of moves) this.settled(name, held, moved.has(name) ? reached : undefined)
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

function storeStatement(moves: readonly Move[]): Statement {
  const values = [
    moves.map(({ name }) => name),
    moves.map(({ held }) => held.version),
    moves.map(({ held }) => held.stored),
    moves.map(({ reached }) => reached),
  ]
  return { ...STORE, values }
}
