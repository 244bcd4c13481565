import type { Position, Projection, ViewDefinition } from '@billstream/event-sourcing-core'
import { allRows } from '../console/all-rows'
import type { Progress } from '../console/progress'
import { shownCell, type Personal } from '../console/shown-row'
import type { OpsPorts } from '../ops'
import { Tally, type CheckResult } from './check'
import { FoldedRows, isOf, partitionsOf, type FoldedRow, type Partition } from './folded-rows'
import { laggingViews } from './lagging-views'

/** A row may change while it is compared: it is looked at again so often, at a later position. */
const LOOKS_MAX = 5
const REACHED_TIMEOUT_MS = 5_000

type ViewPorts = Pick<OpsPorts, 'eventStore' | 'viewsAnywhere' | 'viewProgress' | 'projectionControls' | 'projections'>

interface Surroundings {
  readonly progress: Progress
  readonly signal: AbortSignal
  readonly personal: Personal
}

/**
 * Live = rebuilt: folds every view once more in memory, in as many walks through the events as bounded memory needs, and
 * compares row by row with the live one. A view that is behind is compared where it stands, and said to be. Nothing is written.
 */
export async function verifyViews(ports: ViewPorts, surroundings: Surroundings): Promise<CheckResult[]> {
  const { projections, viewsAnywhere } = ports
  const tallies = new Map(projections.map(({ name }) => [name, new Tally(`6. live = rebuilt: ${name}`)]))
  const counts = await Promise.all(projections.map(({ view }) => viewsAnywhere.countAnywhere(view)))
  const rows = counts.reduce((sum, count) => sum + count, 0)
  const of = partitionsOf(rows)
  surroundings.progress.total(Number(await ports.eventStore.head()) * of)
  for (let index = 0; index < of && !surroundings.signal.aborted; index += 1) {
    await new PartitionCheck({ index, of }, tallies, ports, surroundings).run()
  }
  return [...tallies.values()].map(({ result }) => result)
}

/** Folds on to where the live view is, and says where. undefined: the live one does not get to where it must be. */
type Follow = () => Promise<Position | undefined>

interface Comparison {
  readonly projection: Projection
  readonly folded: FoldedRows
  readonly follow: Follow
}

interface Unlike {
  readonly id: string
  readonly live: FoldedRow | undefined
  readonly rebuilt: FoldedRow | undefined
}

class PartitionCheck {
  constructor(
    private readonly partition: Partition,
    private readonly tallies: ReadonlyMap<string, Tally>,
    private readonly ports: ViewPorts,
    private readonly surroundings: Surroundings,
  ) {}

  async run(): Promise<void> {
    const { projections, eventStore } = this.ports
    const head = await eventStore.head()
    const lagging = await laggingViews(head, this.ports)
    const level = projections.filter(({ name }) => !lagging.has(name))
    const folded = new FoldedRows(level, this.partition)
    await this.foldTo(folded, head)
    for (const projection of level) {
      if (this.hasFailed(projection, folded)) continue
      const comparison = { projection, folded, follow: () => this.toHead(projection, folded) }
      const left = await this.compareAgain(comparison, await this.compareAll(comparison))
      if (left.length > 0) await this.compareWhereItStands(projection, left)
    }
    for (const projection of projections.filter(({ name }) => lagging.has(name))) {
      this.tallies.get(projection.name)?.note(`compared where it stands: ${lagging.get(projection.name) ?? ''}`)
      await this.compareWhereItStands(projection)
    }
  }

  /** ids: those to be compared; absent: all. */
  private async compareWhereItStands(projection: Projection, ids?: readonly string[]): Promise<void> {
    const folded = new FoldedRows([projection], this.partition)
    const follow = async () => {
      const position = await this.standing(projection)
      await this.foldTo(folded, position)
      return position
    }
    const comparison = { projection, folded, follow }
    await follow()
    if (this.hasFailed(projection, folded)) return
    await this.compareAgain(comparison, ids ?? (await this.compareAll(comparison)))
  }

  /** Counts the rows that are alike; returns the ids of those that are not. */
  private async compareAll({ projection, folded }: Comparison): Promise<string[]> {
    const tally = this.tallies.get(projection.name)
    const missing = new Set(folded.ids(projection))
    const suspects: string[] = []
    for await (const live of allRows(projection.view, {}, this.ports)) {
      if (!isOf(this.partition, live.id)) continue
      missing.delete(live.id)
      if (isAlike(projection, live, folded.row(projection, live.id))) tally?.expect(live.id, true, true)
      else suspects.push(live.id)
    }
    return [...suspects, ...missing]
  }

  /**
   * What differs may only have changed meanwhile: folded further, it is compared again with the row as it is then, and told
   * when the view has not moved or at the last look. Returns what could not be compared, since the view is left behind.
   */
  private async compareAgain(comparison: Comparison, suspects: readonly string[]): Promise<readonly string[]> {
    const { projection, follow } = comparison
    let open = suspects
    for (let look = 1; look <= LOOKS_MAX && open.length > 0 && !this.surroundings.signal.aborted; look += 1) {
      const position = await follow()
      if (position === undefined) return open
      if (this.hasFailed(projection, comparison.folded)) return []
      const unlike = await this.stillUnlike(comparison, open)
      const isFinal = look === LOOKS_MAX || (await this.standing(projection)) === position
      if (isFinal) this.tell(projection, unlike)
      open = isFinal ? [] : unlike.map(({ id }) => id)
    }
    return []
  }

  private async stillUnlike({ projection, folded }: Comparison, ids: readonly string[]): Promise<Unlike[]> {
    const unlike: Unlike[] = []
    for (const id of ids) {
      const live = await this.ports.viewsAnywhere.getAnywhere(projection.view, id)
      const rebuilt = folded.row(projection, id)
      if (isAlike(projection, live, rebuilt)) this.tallies.get(projection.name)?.expect(id, true, true)
      else unlike.push({ id, live, rebuilt })
    }
    return unlike
  }

  private tell({ name, view }: Projection, unlike: readonly Unlike[]): void {
    for (const { id, live, rebuilt } of unlike) {
      const columns = unlikeColumns(view, live, rebuilt)
      const shown = (row: FoldedRow | undefined) => shownColumns(view, row, columns, this.surroundings.personal)
      this.tallies.get(name)?.differ(`row ${id}`, shown(rebuilt), shown(live))
    }
  }

  private async toHead({ name }: Projection, folded: FoldedRows): Promise<Position | undefined> {
    const head = await this.ports.eventStore.head()
    await this.foldTo(folded, head)
    return (await this.ports.viewProgress.reached([name], head, REACHED_TIMEOUT_MS)) ? head : undefined
  }

  private async foldTo(folded: FoldedRows, to: Position): Promise<void> {
    const { progress, signal } = this.surroundings
    await folded.foldTo(to, this.ports, { signal, seen: (positions) => progress.advance(positions) })
  }

  /** Then there is nothing to compare with, and that is told. */
  private hasFailed(projection: Projection, folded: FoldedRows): boolean {
    const failure = folded.failureOf(projection)
    if (failure) this.tallies.get(projection.name)?.notCarriedOut(failure.message)
    return failure !== undefined
  }

  private async standing({ name }: Projection): Promise<Position> {
    return (await this.ports.viewProgress.positions()).get(name) ?? 0n
  }
}

function isAlike({ view }: Projection, live: FoldedRow | undefined, rebuilt: FoldedRow | undefined): boolean {
  if (!live || !rebuilt) return live === rebuilt
  return unlikeColumns(view, live, rebuilt).length === 0
}

/** Of two rows; none where one is missing. */
function unlikeColumns(view: ViewDefinition, live: FoldedRow | undefined, rebuilt: FoldedRow | undefined): string[] {
  if (!live || !rebuilt) return []
  const [left, right]: Record<string, unknown>[] = [live, rebuilt]
  return ['organization_id', ...Object.keys(view.columns)].filter(
    (column) => JSON.stringify(left?.[column] ?? null) !== JSON.stringify(right?.[column] ?? null),
  )
}

function shownColumns(
  view: ViewDefinition,
  row: FoldedRow | undefined,
  columns: readonly string[],
  personal: Personal,
): unknown {
  if (!row) return 'no row'
  if (columns.length === 0) return 'a row'
  const cells: Record<string, unknown> = row
  return Object.fromEntries(columns.map((column) => [column, shownCell(view, column, cells[column] ?? null, personal)]))
}
