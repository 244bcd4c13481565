import type { Position, ViewDefinition, ViewRow } from '@billstream/event-sourcing-core'
import { canonicalRow, storableText, type ViewWriter, type ViewWrites } from '@billstream/event-sourcing-runtime'
import type { Queries } from '../database/queries'
import type { PassedOver } from './passed-over'
import type { ProjectionPositions } from './projection-positions'
import { selectRows } from './view-select'
import { viewTable, type ViewTable } from './view-table'

const CHECKPOINT = {
  name: 'projection_checkpoint',
  text: 'select position, generation from projections.checkpoints where name = $1 and version = $2',
}
const BEGIN = `insert into projections.checkpoints as checkpoints (name, version, position, view) values ($1, $2, 0, $3)
         on conflict (name) do update
           set version = excluded.version, position = 0, view = excluded.view, moved_at = now(),
               generation = checkpoints.generation + 1`
/** Where the projection runs at this version already, it begins nothing and has no row. */
const START = {
  name: 'projection_start',
  text: `${BEGIN} where checkpoints.version <> excluded.version returning generation`,
}
const RESET = { name: 'projection_reset', text: `${BEGIN} returning generation` }

interface Checkpoint {
  readonly position: string
  readonly generation: number
}

type ProjectionId = { name: string; version: number }

/**
 * The projector's side of the views, as the worker role. A commit is one statement and one round trip; it does not wait
 * for the disk: rows and checkpoint are derived, and after a crash of the server the projection goes on from whatever
 * checkpoint is there. Throws StoreUnavailable.
 */
export class PostgresViewWriter implements ViewWriter {
  /** Of each projection, when its checkpoint was asked for. */
  private readonly generations = new Map<string, number>()

  constructor(
    private readonly worker: Queries,
    private readonly positions: ProjectionPositions,
    private readonly passedOver: PassedOver,
  ) {}

  async checkpoint({ name, version }: ProjectionId): Promise<Position | undefined> {
    await this.passedOver.forget(name)
    const [row] = await this.worker.query<Checkpoint>({ ...CHECKPOINT, values: [name, version] })
    if (!row) return undefined
    this.generations.set(name, row.generation)
    const position = BigInt(row.position)
    this.passedOver.holds({ name, version }, position)
    this.positions.moved(name, position)
    return position
  }

  start(projection: ProjectionId, view: ViewDefinition): Promise<boolean> {
    return this.begin(START, projection, view)
  }

  async reset(projection: ProjectionId, view: ViewDefinition): Promise<void> {
    await this.begin(RESET, projection, view)
  }

  private async begin(
    statement: typeof START,
    { name, version }: ProjectionId,
    view: ViewDefinition,
  ): Promise<boolean> {
    const { sql, label } = viewTable(view)
    await this.passedOver.forget(name)
    const generation = await this.worker.transaction(async (queries) => {
      const [begun] = await queries.query<{ generation: number }>({ ...statement, values: [name, version, label] })
      if (begun) await queries.execute({ text: `truncate ${sql}` })
      return begun?.generation
    })
    if (generation === undefined) return false
    this.generations.set(name, generation)
    this.passedOver.holds({ name, version }, 0n)
    this.positions.moved(name, 0n)
    this.positions.told(name, 0n)
    return true
  }

  async load<V extends ViewDefinition>(view: V, ids: readonly string[]): Promise<ViewRow<V>[]> {
    const rows = await this.worker.query(selectRows(view, { organizationId: undefined, where: { id: { in: ids } } }))
    return rows.map((row) => viewTable(view).fromRow<V>(row))
  }

  async commit(projection: ProjectionId, move: { from: Position; to: Position }, writes: ViewWrites): Promise<boolean> {
    if (writes.upserts.length === 0 && writes.removals.length === 0 && this.passedOver.note(projection, move))
      return true
    const from = await this.passedOver.take(projection, move.from)
    const moved = await this.write(projection, { from, to: move.to }, writes)
    if (!moved) return false
    this.passedOver.holds(projection, move.to)
    this.positions.moved(projection.name, move.to)
    this.positions.told(projection.name, move.to)
    return true
  }

  private async write(
    { name, version }: ProjectionId,
    { from, to }: { from: Position; to: Position },
    { view, upserts, removals }: ViewWrites,
  ): Promise<boolean> {
    const generation = this.generations.get(name)
    if (generation === undefined) return false
    const removed = new Set(removals.map(storableText))
    // The last of several forms of one row counts: one statement may touch a row once.
    const rows = new Map(upserts.map((row) => canonicalRow(view, row)).map((row) => [(row as { id: string }).id, row]))
    for (const id of removed) rows.delete(id)
    const [result] = await this.passedOver.alongside({
      ...commitStatement(view),
      values: [name, version, from, to, [...removed], JSON.stringify([...rows.values()]), generation],
    })
    return result?.['moved'] === true
  }
}

const statements = new WeakMap<ViewTable, { name: string; text: string }>()

function commitStatement(view: ViewDefinition): { name: string; text: string } {
  const table = viewTable(view)
  const known = statements.get(table)
  if (known) return known
  const given = table.columns.map(({ sql, type }) => `${sql} ${type}`).join(', ')
  const changes = table.columns.slice(1).map(({ sql }) => `${sql} = excluded.${sql}`)
  // Every part looks for the moved checkpoint, so a stale holder changes nothing.
  const text = `
    with moved as (
      update projections.checkpoints set position = $4, moved_at = clock_timestamp()
       where name = $1 and version = $2 and position = $3 and generation = $7
         and not exists (select from projections.pauses where projection = $1)
      returning set_config('synchronous_commit', 'off', true)
    ), removed as (
      delete from ${table.sql} where id = any ($5::text[]) and exists (select from moved)
    ), upserted as (
      insert into ${table.sql} (${table.columnList})
      select ${table.columnList} from json_to_recordset($6::json) as given (${given})
       where exists (select from moved)
      on conflict (id) do update set ${changes.join(', ')}
    )
    select exists (select from moved) as moved`
  const statement = { name: `commit_${table.label}`.slice(0, 63), text }
  statements.set(table, statement)
  return statement
}
