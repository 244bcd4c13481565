import type { Projection, RecordedEvent } from '@billstream/event-sourcing-core'
import type { ViewWriter, ViewWrites } from '../ports/views.port'
import { changesOf, foldInto, writesOf, type EventChange, type Rows } from './fold-events'

/** Rows remembered by a rebuild; beyond, all are forgotten and loaded again when they are needed. */
const ROWS_MAX = 50_000

/**
 * The rows of a view that only one writes, folded in memory: a row that many events change is written once, and loaded once
 * at most. While the view began empty and nothing was forgotten, what is not here is nowhere, and nothing is loaded.
 */
export class RowMemory {
  private rows: Rows = new Map()
  private readonly changed = new Set<string>()

  /** complete: the view is empty. */
  constructor(
    private readonly projection: Projection,
    private readonly writer: Pick<ViewWriter, 'load'>,
    private complete: boolean,
    private readonly rowsMax = ROWS_MAX,
  ) {}

  /** Rows that are to be written. */
  get unwritten(): number {
    return this.changed.size
  }

  async fold(events: readonly RecordedEvent[]): Promise<void> {
    const changes = changesOf(this.projection, events)
    if (!this.complete) await this.load(lookedAt(changes))
    for (const id of foldInto(this.rows, this.projection, changes)) this.changed.add(id)
  }

  writes(): ViewWrites {
    return writesOf(this.projection.view, this.rows, this.changed)
  }

  /** What `writes` gave is in the view. */
  written(): void {
    this.changed.clear()
    if (this.rows.size <= this.rowsMax) return
    this.rows = new Map()
    this.complete = false
  }

  private async load(ids: readonly string[]): Promise<void> {
    const unknown = ids.filter((id) => !this.rows.has(id))
    if (unknown.length === 0) return
    for (const row of await this.writer.load(this.projection.view, unknown)) this.rows.set(row.id, row)
    for (const id of unknown) if (!this.rows.has(id)) this.rows.set(id, null)
  }
}

/** The rows whose first change depends on what they are. */
function lookedAt(changes: readonly EventChange[]): string[] {
  const first = new Map<string, EventChange['change']>()
  for (const { change } of changes) if (!first.has(change.id)) first.set(change.id, change)
  return [...first.values()].filter((change) => 'fold' in change).map(({ id }) => id)
}
