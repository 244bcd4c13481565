import type { Position, Projection, ViewDefinition, ViewRow } from '@billstream/event-sourcing-core'
import type { FrozenView, ViewRebuilds } from '@billstream/event-sourcing-runtime'
import type { Database } from '../database/database'
import type { Queries } from '../database/queries'
import type { Statement } from '../database/statement-group'
import { checkView } from './check-view'
import type { PassedOver } from './passed-over'
import type { ProjectionPositions } from './projection-positions'
import { selectRows } from './view-select'
import { createViewSql, renameViewSql } from './view-schema'
import { viewTable } from './view-table'

/** A reader that holds the view longer keeps others from it only so long, in milliseconds; then the replacement waits its turn again. */
const LOCK_TIMEOUT_MS = 1_000
/** Rows of a frozen view that are read at once. */
const PAGE_ROWS = 1_000

const LOCK_NOT_AVAILABLE = '55P03'

const STANDING = 'select position from projections.checkpoints where name = $1 and version = $2'
/** Only where the one beside is as far. The live one may have passed over events meanwhile, but it has changed no row. */
const MOVE = `
  update projections.checkpoints live
     set position = greatest(live.position, beside.position), generation = live.generation + 1, moved_at = clock_timestamp()
    from projections.checkpoints beside
   where live.name = $1 and live.version = $2
     and beside.name = $3 and beside.version = $2 and beside.position = $4
  returning live.position`

/**
 * Tables are made and renamed by their owner. The replacement locks writers of the live table first, then, for the moment of
 * the renaming, its readers: whoever waits for the table then finds the new one, prepared statements included, since
 * PostgreSQL looks up the name again once it has the lock.
 */
export class PostgresViewRebuilds implements ViewRebuilds {
  constructor(
    private readonly database: Pick<Database, 'worker' | 'asOwner'>,
    private readonly positions: ProjectionPositions,
    private readonly passedOver: PassedOver,
  ) {}

  standing(projection: Projection): Promise<Position | undefined> {
    return standing(this.database.worker, projection)
  }

  async provide(view: ViewDefinition): Promise<void> {
    const differences = await checkView(this.database.worker, view)
    if (differences.length === 0) return
    await this.database.asOwner((owner) => owner.group(statementsOf(createViewSql(view))))
  }

  async discard({ name, view }: Projection): Promise<void> {
    await this.passedOver.forget(name)
    await this.database.asOwner((owner) => owner.group(forget(name, viewTable(view).sql)))
  }

  frozen<T>(projection: Projection, work: (view: FrozenView) => Promise<T>): Promise<T | undefined> {
    return this.database.worker.transaction(async (worker) => {
      await worker.execute({ text: 'set transaction isolation level repeatable read, read only' })
      const position = await standing(worker, projection)
      return position === undefined ? undefined : work({ position, rows: () => rowsOf(worker, projection.view) })
    })
  }

  async replace(live: Projection, beside: Projection, catchUp: (to: Position) => Promise<boolean>): Promise<boolean> {
    const reached = await this.database
      .asOwner((owner) => this.replaceAs(owner, { live, beside, catchUp }))
      .catch((error: unknown) => {
        if (isLockTimeout(error)) return undefined
        throw error
      })
    if (reached === undefined) return false
    await this.passedOver.forget(beside.name)
    this.positions.moved(live.name, reached)
    this.positions.told(live.name, reached)
    return true
  }

  /** undefined: nothing has changed; the open transaction ends with the connection. */
  private async replaceAs(
    owner: Queries,
    { live, beside, catchUp }: { live: Projection; beside: Projection; catchUp: (to: Position) => Promise<boolean> },
  ): Promise<Position | undefined> {
    const [from, to] = [viewTable(beside.view), viewTable(live.view)]
    await owner.group([
      { text: 'begin' },
      { text: `set local lock_timeout = ${LOCK_TIMEOUT_MS}` },
      { text: `lock table ${to.sql} in exclusive mode` },
    ])
    const position = await standing(owner, live)
    if (position === undefined || !(await catchUp(position))) return undefined
    await this.passedOver.store()
    const [moved] = await owner.query<{ position: string }>({
      text: MOVE,
      values: [live.name, live.version, beside.name, position],
    })
    if (!moved) return undefined
    await owner.group([
      { text: `drop table ${to.sql}` },
      ...statementsOf(renameViewSql(beside.view, live.view)),
      ...forget(beside.name, from.sql),
      { text: 'commit' },
    ])
    return BigInt(moved.position)
  }
}

function isLockTimeout(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === LOCK_NOT_AVAILABLE
}

async function standing(queries: Queries, { name, version }: Projection): Promise<Position | undefined> {
  const [row] = await queries.query<{ position: string }>({ text: STANDING, values: [name, version] })
  return row && BigInt(row.position)
}

async function* rowsOf(worker: Queries, view: ViewDefinition): AsyncGenerator<ViewRow<ViewDefinition>> {
  let after: string | undefined
  for (;;) {
    const where = after === undefined ? {} : { id: { gt: after } }
    const rows = await worker.query(selectRows(view, { organizationId: undefined, where, limit: PAGE_ROWS }))
    for (const row of rows) yield viewTable(view).fromRow(row)
    after = rows.at(-1)?.['id'] as string | undefined
    if (rows.length < PAGE_ROWS) return
  }
}

function forget(name: string, table: string): Statement[] {
  return [
    { text: `drop table if exists ${table}` },
    { text: 'delete from projections.checkpoints where name = $1', values: [name] },
  ]
}

/** The extended protocol takes one statement at a time; no text of a view holds a semicolon. */
function statementsOf(sql: string): Statement[] {
  return sql
    .split(';')
    .filter((text) => text.trim() !== '')
    .map((text) => ({ text }))
}
