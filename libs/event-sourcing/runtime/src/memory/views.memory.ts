import type { Position, ViewDefinition, ViewRow } from '@billstream/event-sourcing-core'
import type { ProjectionControls } from '../ports/projection-controls.port'
import type {
  CrossTenantViewReader,
  FindOptions,
  ViewProgress,
  ViewReader,
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

/** The views in memory: for tests and the simulation. Rows are copied on the way in and out. */
export class MemoryViews implements ViewReader, CrossTenantViewReader, ViewWriter, ViewProgress {
  private readonly tables = new Map<string, Map<string, StoredRow>>()
  private readonly checkpoints = new Map<string, { version: number; position: Position }>()
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
    return Promise.resolve(checkpoint?.version === version ? checkpoint.position : undefined)
  }

  async reset({ name, version }: { name: string; version: number }, view: ViewDefinition): Promise<void> {
    this.table(view).clear()
    this.move(name, version, 0n)
    return Promise.resolve()
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
    if (await this.controls?.isPaused(name)) return false
    const rows = upserts.map((row) => canonicalRow(view, row) as StoredRow)
    const checkpoint = this.checkpoints.get(name)
    if (checkpoint?.version !== version || checkpoint.position !== from) return false
    for (const row of rows) this.table(view).set(row.id, row)
    for (const id of removals) this.table(view).delete(storableText(id))
    this.move(name, version, to)
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

  private move(name: string, version: number, position: Position): void {
    this.checkpoints.set(name, { version, position })
    this.board.set(name, position)
  }

  private table({ schema, name }: ViewDefinition): Map<string, StoredRow> {
    const key = `${schema}.${name}`
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
