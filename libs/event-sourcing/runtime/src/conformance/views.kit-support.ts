import { col, defineView, type Position, type ViewRow } from '@billstream/event-sourcing-core'
import { timeOrderedId } from '@billstream/kernel'
import type { CrossTenantViewReader, ViewProgress, ViewReader, ViewRebuilds, ViewWriter } from '../ports/views.port'

/** The views under test. */
export interface ViewsUnderTest {
  readonly reader: ViewReader
  readonly anywhere: CrossTenantViewReader
  readonly writer: ViewWriter
  readonly rebuilds: ViewRebuilds
  readonly progress: ViewProgress
  /** A second program on the same data; adapters of one process only have none. */
  readonly another?: Pick<ViewsUnderTest, 'writer' | 'progress'>
  readonly stop: () => Promise<void>
}

/** A column of each kind, with and without null. The adapter's spec makes its table. */
export const sampleView = defineView(
  'conformance',
  'sample',
  {
    name: col.text,
    note: col.nullable(col.text),
    owner: col.uuid,
    parent: col.nullable(col.uuid),
    at: col.instant,
    until: col.nullable(col.instant),
    count: col.integer,
    size: col.nullable(col.integer),
    amount: col.minor,
    due: col.nullable(col.minor),
    rate: col.decimal,
    share: col.nullable(col.decimal),
    active: col.boolean,
    hidden: col.nullable(col.boolean),
    detail: col.json<unknown>(),
    extra: col.nullable(col.json<unknown>()),
  },
  [['owner'], ['name', 'at']],
)
export type SampleRow = ViewRow<typeof sampleView>

export type Given = () => ViewsUnderTest

/** A row with a value in every column. */
export function sampleRow(values: Partial<SampleRow> = {}): SampleRow {
  const id = timeOrderedId()
  return {
    id,
    organization_id: timeOrderedId(),
    name: 'name',
    note: 'note',
    owner: id,
    parent: id,
    at: '2026-01-01T00:00:00.000Z',
    until: '2026-02-01T00:00:00.000001Z',
    count: 1,
    size: -1,
    amount: '100',
    due: '0',
    rate: '0.25',
    share: '12.5',
    active: true,
    hidden: false,
    detail: { a: ['b'] },
    extra: 'text',
    ...values,
  }
}

export function writes(upserts: SampleRow[], removals: string[] = []) {
  return { view: sampleView, upserts, removals }
}

/** A projection of its own at 0; the view keeps the rows of the others, unlike after a reset. */
export async function started(writer: ViewWriter): Promise<{ name: string; version: number }> {
  const projection = { name: timeOrderedId(), version: 1 }
  await writer.reset(projection, emptyView)
  return projection
}

/** Reset instead of the sample, so that tests keep each other's rows. The adapter's spec makes its table as well. */
export const emptyView = defineView('conformance', 'empty', {})

export async function write({ writer }: ViewsUnderTest, rows: SampleRow[]): Promise<Position> {
  await writer.commit(await started(writer), { from: 0n, to: 1n }, writes(rows))
  return 1n
}
