import type { Projection, ViewDefinition } from '@billstream/event-sourcing-core'
import { allRows } from '../console/all-rows'
import { CommandEnded } from '../console/outcome'
import type { Progress } from '../console/progress'
import type { OpsPorts } from '../ops'
import { Tally, type CheckResult } from './check'
import { FoldedRows, isOf, type FoldedRow, type Partition } from './folded-rows'

/** Rows of all views that are folded in memory at once. */
const ROWS_IN_MEMORY_MAX = 200_000
/** A row may change while it is compared: it is looked at again so often, at a later position. */
const LOOKS_MAX = 5
const REACHED_TIMEOUT_MS = 30_000

type ViewPorts = Pick<OpsPorts, 'eventStore' | 'viewsAnywhere' | 'viewProgress' | 'projections'>

interface Surroundings {
  readonly progress: Progress
  readonly signal: AbortSignal
}

/**
 * Live = rebuilt: folds every view once more in memory, in as many walks through the events as bounded memory needs, and
 * compares row by row with the live one. Nothing is written. Throws CommandEnded when a view does not catch up.
 */
export async function verifyViews(ports: ViewPorts, surroundings: Surroundings): Promise<CheckResult[]> {
  const { projections, viewsAnywhere } = ports
  const tallies = new Map(projections.map(({ name }) => [name, new Tally(`6. live = rebuilt: ${name}`)]))
  const counts = await Promise.all(projections.map(({ view }) => viewsAnywhere.countAnywhere(view)))
  const rows = counts.reduce((sum, count) => sum + count, 0)
  const of = Math.max(1, Math.ceil(rows / ROWS_IN_MEMORY_MAX))
  surroundings.progress.total(Number(await ports.eventStore.head()) * of)
  for (let index = 0; index < of && !surroundings.signal.aborted; index += 1) {
    await verifyPartition({ index, of }, tallies, ports, surroundings)
  }
  return [...tallies.values()].map(({ result }) => result)
}

async function verifyPartition(
  partition: Partition,
  tallies: ReadonlyMap<string, Tally>,
  ports: ViewPorts,
  surroundings: Surroundings,
): Promise<void> {
  const folded = new FoldedRows(ports.projections, partition)
  await catchUp(folded, ports, surroundings)
  for (const projection of ports.projections) {
    const tally = tallies.get(projection.name)
    const suspects = await compareAll(projection, partition, { folded, tally }, ports)
    await compareAgain(projection, suspects, { folded, tally }, { ports, surroundings })
  }
}

/** Folds up to the head, and waits until the live views are as far. */
async function catchUp(folded: FoldedRows, ports: ViewPorts, { progress, signal }: Surroundings): Promise<void> {
  const head = await ports.eventStore.head()
  await folded.foldTo(head, ports, { signal, seen: (positions) => progress.advance(positions) })
  const names = ports.projections.map(({ name }) => name)
  if (signal.aborted || (await ports.viewProgress.reached(names, head, REACHED_TIMEOUT_MS))) return
  throw new CommandEnded('unavailable', 'The views do not catch up with the events: see projections status.')
}

interface Comparison {
  readonly folded: FoldedRows
  readonly tally: Tally | undefined
}

/** Counts the rows that are alike; returns the ids of those that are not. */
async function compareAll(
  projection: Projection,
  partition: Partition,
  { folded, tally }: Comparison,
  ports: ViewPorts,
): Promise<string[]> {
  const missing = new Set(folded.ids(projection))
  const suspects: string[] = []
  for await (const live of allRows(projection.view, {}, ports)) {
    if (!isOf(partition, live.id)) continue
    missing.delete(live.id)
    if (isAlike(projection, live, folded.row(projection, live.id))) tally?.expect(live.id, true, true)
    else suspects.push(live.id)
  }
  return [...suspects, ...missing]
}

/** What differs may only have changed meanwhile: folded further, it is compared again with the row as it is then. */
async function compareAgain(
  projection: Projection,
  suspects: readonly string[],
  comparison: Comparison,
  { ports, surroundings }: { readonly ports: ViewPorts; readonly surroundings: Surroundings },
): Promise<void> {
  let open = suspects
  for (let look = 1; look <= LOOKS_MAX && open.length > 0 && !surroundings.signal.aborted; look += 1) {
    await catchUp(comparison.folded, ports, surroundings)
    open = await stillUnlike(projection, open, comparison, { ports, isLast: look === LOOKS_MAX })
  }
}

/** The ids whose rows differ still; at the last look they are told. */
async function stillUnlike(
  projection: Projection,
  ids: readonly string[],
  { folded, tally }: Comparison,
  { ports, isLast }: { readonly ports: ViewPorts; readonly isLast: boolean },
): Promise<string[]> {
  const unlike: string[] = []
  for (const id of ids) {
    const live = await ports.viewsAnywhere.getAnywhere(projection.view, id)
    const rebuilt = folded.row(projection, id)
    if (isAlike(projection, live, rebuilt)) tally?.expect(`row ${id}`, true, true)
    else if (isLast) tally?.expect(`row ${id}`, rebuilt ?? null, live ?? null)
    else unlike.push(id)
  }
  return unlike
}

function isAlike({ view }: Projection, live: FoldedRow | undefined, rebuilt: FoldedRow | undefined): boolean {
  return textOf(view, live) === textOf(view, rebuilt)
}

function textOf(view: ViewDefinition, row: FoldedRow | undefined): string {
  if (!row) return ''
  const cells: Record<string, unknown> = row
  return JSON.stringify(['organization_id', ...Object.keys(view.columns)].map((column) => cells[column] ?? null))
}
