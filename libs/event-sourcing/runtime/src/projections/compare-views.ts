import type { ViewDefinition, ViewRow } from '@billstream/event-sourcing-core'
import { compareCells } from '../views/view-values'

type AnyRow = ViewRow<ViewDefinition>
type Rows = AsyncIterable<AnyRow>

/** Differences that are kept of one comparison; all are counted. */
const DIFFERENCES_SHOWN_MAX = 20

/** A row that one of the two lacks (`column` is null), or a column that is not the same. */
export interface ViewDifference {
  readonly id: string
  readonly organizationId: string
  readonly column: string | null
  readonly live: unknown
  readonly rebuilt: unknown
}

export interface ViewComparison {
  /** Rows of both, each id once. */
  readonly rowsChecked: number
  readonly rowsDifferent: number
  /** The first ones, in the order of the ids. */
  readonly differences: readonly ViewDifference[]
}

/** Compares two views row by row, column by column. Both come in the order of their ids; neither is held in memory. */
export async function compareViews(live: Rows, rebuilt: Rows): Promise<ViewComparison> {
  const differences: ViewDifference[] = []
  let [rowsChecked, rowsDifferent] = [0, 0]
  for await (const [left, right] of pairsById(live, rebuilt)) {
    rowsChecked += 1
    const found = differencesOf(left, right)
    if (found.length > 0) rowsDifferent += 1
    differences.push(...found.slice(0, DIFFERENCES_SHOWN_MAX - differences.length))
  }
  return { rowsChecked, rowsDifferent, differences }
}

async function* pairsById(left: Rows, right: Rows): AsyncGenerator<[AnyRow | undefined, AnyRow | undefined]> {
  const [lefts, rights] = [left[Symbol.asyncIterator](), right[Symbol.asyncIterator]()]
  const next = async (rows: AsyncIterator<AnyRow>): Promise<AnyRow | undefined> => {
    const step = await rows.next()
    return step.done === true ? undefined : step.value
  }
  let [one, other] = [await next(lefts), await next(rights)]
  while (one || other) {
    const order = one && other ? compareCells('text', one.id, other.id) : one ? -1 : 1
    yield [order <= 0 ? one : undefined, order >= 0 ? other : undefined]
    if (order <= 0) one = await next(lefts)
    if (order >= 0) other = await next(rights)
  }
}

function differencesOf(live: AnyRow | undefined, rebuilt: AnyRow | undefined): ViewDifference[] {
  const { id, organization_id: organizationId } = (live ?? rebuilt) as AnyRow
  if (!live || !rebuilt) return [{ id, organizationId, column: null, live: live ?? null, rebuilt: rebuilt ?? null }]
  const [left, right] = [live as Record<string, unknown>, rebuilt as Record<string, unknown>]
  return Object.keys(left)
    .filter((column) => JSON.stringify(left[column]) !== JSON.stringify(right[column]))
    .map((column) => ({ id, organizationId, column, live: left[column], rebuilt: right[column] }))
}
