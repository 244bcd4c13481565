import type { Position, Projection, ViewDefinition, ViewRow } from '@billstream/event-sourcing-core'
import type { ProjectionControls } from '../ports/projection-controls.port'
import type {
  CrossTenantViewReader,
  FindOptions,
  FrozenView,
  ViewProgress,
  ViewReader,
  ViewRebuilds,
  ViewWriter,
  ViewWrites,
  Where,
} from '../ports/views.port'
import { ProgressBoard } from '../running/progress-board'
import type { Sleeper } from '../service/platform-ports'
import { columnTests, passesTests, type ColumnTest } from '../views/view-conditions'
import { canonicalRow, columnKind, compareCells, storableText, type CellValue } from '../views/view-values'

/** Why who waits for a position or a time waits no longer. */
const ENOUGH = 'enough'

type StoredRow = Readonly<Record<string, unknown>> & { readonly id: string; readonly organization_id: string }

interface Checkpoint {
  readonly version: number
  readonly position: Position
  /** Rises when other rows take the place of those that were there. */
  readonly generation: number
}

/** The views in memory: for tests and the simulation. Rows are copied on the way in and out. */
export class MemoryViews implements ViewReader, CrossTenantViewReader, ViewWriter, ViewRebuilds, ViewProgress {
  private readonly tables = new Map<string, Map<string, StoredRow>>()
  private readonly checkpoints = new Map<string, Checkpoint>()
  /** Which generation of each projection was asked for last. */
  private readonly held = new Map<string, number>()
  /** Projections that are held still. */
  private readonly still = new Map<string, Promise<unknown>>()
  private readonly board = new ProgressBoard()

  /** controls: whose pauses hold commits; absent: none. */
  constructor(
    private readonly sleeper: Sleeper,
    private readonly controls?: Pick<ProjectionControls, 'isPaused'>,
  ) {}

  async get<V extends ViewDefinition>(view: V, organizationId: string, id: string): Promise<ViewRow<V> | undefined> {
    return (await this.getMany(view, organizationId, [id]))[0]
  }

  async getMany<V extends ViewDefinition>(
    view: V,
    organizationId: string,
    ids: readonly string[],
  ): Promise<ViewRow<V>[]> {
    const wanted = { in: ids }
    return this.select(view, this.rowsOf(view, organizationId, { id: wanted }))
  }

  async find<V extends ViewDefinition>(
    view: V,
    organizationId: string,
    options: FindOptions<ViewRow<V>>,
  ): Promise<ViewRow<V>[]> {
    return this.select(view, this.rowsOf(view, organizationId, options.where), options)
  }

  async count<V extends ViewDefinition>(view: V, organizationId: string, where?: Where<ViewRow<V>>): Promise<number> {
    return Promise.resolve(this.rowsOf(view, organizationId, where).length)
  }

  async getAnywhere<V extends ViewDefinition>(view: V, id: string): Promise<ViewRow<V> | undefined> {
    return (await this.load(view, [id]))[0]
  }

  async findAnywhere<V extends ViewDefinition>(view: V, options: FindOptions<ViewRow<V>>): Promise<ViewRow<V>[]> {
    return this.select(view, this.rowsOf(view, undefined, options.where), options)
  }

  async countAnywhere<V extends ViewDefinition>(view: V, where?: Where<ViewRow<V>>): Promise<number> {
    return Promise.resolve(this.rowsOf(view, undefined, where).length)
  }

  async checkpoint({ name, version }: { name: string; version: number }): Promise<Position | undefined> {
    const checkpoint = this.checkpoints.get(name)
    if (checkpoint?.version !== version) return undefined
    this.held.set(name, checkpoint.generation)
    return checkpoint.position
  }

  async start(projection: { name: string; version: number }, view: ViewDefinition): Promise<boolean> {
    if (this.checkpoints.get(projection.name)?.version === projection.version) return false
    await this.reset(projection, view)
    return true
  }

  async reset({ name, version }: { name: string; version: number }, view: ViewDefinition): Promise<void> {
    this.table(view).clear()
    const generation = (this.checkpoints.get(name)?.generation ?? 0) + 1
    this.move(name, { version, position: 0n, generation })
    this.held.set(name, generation)
  }

  async load<V extends ViewDefinition>(view: V, ids: readonly string[]): Promise<ViewRow<V>[]> {
    const rows = [...new Set(ids)].map((id) => this.table(view).get(storableText(id)))
    return this.select(
      view,
      rows.filter((row) => row !== undefined),
    )
  }

  async commit(
    { name, version }: { name: string; version: number },
    { from, to }: { from: Position; to: Position },
    { view, upserts, removals }: ViewWrites,
  ): Promise<boolean> {
    await this.still.get(name)
    if (await this.controls?.isPaused(name)) return false
    const rows = upserts.map((row) => canonicalRow(view, row) as StoredRow)
    const checkpoint = this.checkpoints.get(name)
    if (checkpoint?.version !== version || checkpoint.position !== from) return false
    if (this.held.get(name) !== checkpoint.generation) return false
    for (const row of rows) this.table(view).set(row.id, row)
    for (const id of removals) this.table(view).delete(storableText(id))
    this.move(name, { ...checkpoint, position: to })
    return true
  }

  async standing({ name, version }: Projection): Promise<Position | undefined> {
    const checkpoint = this.checkpoints.get(name)
    return checkpoint?.version === version ? checkpoint.position : undefined
  }

  async provide(view: ViewDefinition): Promise<void> {
    this.table(view)
  }

  async discard({ name, view }: Projection): Promise<void> {
    this.tables.delete(labelOf(view))
    this.checkpoints.delete(name)
    this.held.delete(name)
  }

  async frozen<T>(projection: Projection, work: (view: FrozenView) => Promise<T>): Promise<T | undefined> {
    // Both are taken in one turn.
    const [standing, selected] = [this.standing(projection), this.findAnywhere(projection.view, { limit: Infinity })]
    const [position, rows] = [await standing, await selected]
    if (position === undefined) return undefined
    return work({
      position,
      async *rows() {
        yield* rows
      },
    })
  }

  async replace(live: Projection, beside: Projection, catchUp: (to: Position) => Promise<boolean>): Promise<boolean> {
    const replacing = this.replaceWhileStill(live, beside, catchUp)
    this.still.set(
      live.name,
      replacing.catch(() => undefined),
    )
    return replacing.finally(() => this.still.delete(live.name))
  }

  private async replaceWhileStill(
    live: Projection,
    beside: Projection,
    catchUp: (to: Position) => Promise<boolean>,
  ): Promise<boolean> {
    const position = await this.standing(live)
    if (position === undefined || !(await catchUp(position))) return false
    const [old, next] = [this.checkpoints.get(live.name), this.checkpoints.get(beside.name)]
    if (!old || next?.position !== position || next.version !== old.version) return false
    this.tables.set(labelOf(live.view), this.table(beside.view))
    await this.discard(beside)
    this.move(live.name, { ...old, position, generation: old.generation + 1 })
    return true
  }

  async reached(projections: readonly string[], position: Position, timeoutMs: number): Promise<boolean> {
    const done = (): boolean => projections.every((name) => (this.board.get(name) ?? 0n) >= position)
    if (done()) return true
    const enough = new AbortController()
    const waiting = this.board.waitFor(projections, position, enough.signal)
    const sleeping = this.sleeper.sleep(timeoutMs, enough.signal)
    await Promise.race([waiting, sleeping])
    enough.abort(ENOUGH)
    return done()
  }

  async positions(): Promise<ReadonlyMap<string, Position>> {
    return Promise.resolve(new Map([...this.checkpoints].map(([name, { position }]) => [name, position])))
  }

  private move(name: string, checkpoint: Checkpoint): void {
    this.checkpoints.set(name, checkpoint)
    this.board.set(name, checkpoint.position)
  }

  private table(view: ViewDefinition): Map<string, StoredRow> {
    const key = labelOf(view)
    const table = this.tables.get(key) ?? new Map<string, StoredRow>()
    this.tables.set(key, table)
    return table
  }

  private rowsOf(view: ViewDefinition, organizationId: string | undefined, where: object | undefined): StoredRow[] {
    const tests: ColumnTest[] = columnTests(view, where)
    const ofOrganization = (row: StoredRow): boolean =>
      organizationId === undefined || row.organization_id === organizationId
    return [...this.table(view).values()].filter((row) => ofOrganization(row) && passesTests(tests, row))
  }

  private select<V extends ViewDefinition>(
    view: V,
    rows: StoredRow[],
    options: Partial<FindOptions<ViewRow<V>>> = {},
  ): Promise<ViewRow<V>[]> {
    const { orderBy, skip = 0, limit = rows.length } = options
    const sorted = [...rows].sort(order(view, orderBy))
    return Promise.resolve(sorted.slice(skip, skip + limit).map((row) => structuredClone(row) as ViewRow<V>))
  }
}

function labelOf({ schema, name }: ViewDefinition): string {
  return `${schema}.${name}`
}

function order(
  view: ViewDefinition,
  orderBy: { column: string; direction: 'asc' | 'desc' } | undefined,
): (a: StoredRow, b: StoredRow) => number {
  const byId = (a: StoredRow, b: StoredRow): number => compareCells('text', a.id, b.id)
  if (!orderBy) return byId
  const { column, direction } = orderBy
  const kind = columnKind(view, column)
  return (a, b) => {
    const [first, second] = [a[column] as CellValue, b[column] as CellValue]
    const ascending = compareCells(kind, first, second)
    // Rows without a value come last in both directions.
    const turned = direction === 'desc' && first !== null && second !== null
    return (turned ? -ascending : ascending) || byId(a, b)
  }
}
