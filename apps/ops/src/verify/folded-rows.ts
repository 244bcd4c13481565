import { createHash } from 'node:crypto'
import {
  rowAfter,
  type Position,
  type Projection,
  type RecordedEvent,
  type RowChange,
  type ViewDefinition,
  type ViewRow,
} from '@billstream/event-sourcing-core'
import { canonicalRow, FoldFailed, folding } from '@billstream/event-sourcing-runtime'
import { eventsBetween } from '../console/follow'
import type { OpsPorts } from '../ops'

export interface Partition {
  /** 0 <= index < of. */
  readonly index: number
  readonly of: number
}

export type FoldedRow = ViewRow<ViewDefinition>

/** Rows that are held in memory at once. */
const ROWS_IN_MEMORY_MAX = 200_000

/** In how many partitions so many rows are held one after the other. */
export function partitionsOf(rows: number): number {
  return Math.max(1, Math.ceil(rows / ROWS_IN_MEMORY_MAX))
}

/** Whether a row is of the partition: by a hash of its id, so that all are of about the same size. */
export function isOf({ index, of }: Partition, id: string): boolean {
  return of === 1 || createHash('sha1').update(id).digest().readUInt32BE(0) % of === index
}

/** By what a row is put into its partition; the same for as long as there is the row. */
export type PartitionKey = (projection: Projection, row: FoldedRow) => string

const byId: PartitionKey = (_, { id }) => id

/** The rows that every projection makes of the events, of one partition, in memory. */
export class FoldedRows {
  private readonly rows = new Map<string, Map<string, FoldedRow>>()
  private readonly types: readonly string[]
  private readonly failures = new Map<string, FoldFailed>()
  private reached: Position = 0n

  constructor(
    private readonly projections: readonly Projection[],
    private readonly partition: Partition,
    private readonly keyOf: PartitionKey = byId,
  ) {
    this.types = [...new Set(projections.flatMap(({ on }) => Object.keys(on)))]
    for (const { name } of projections) this.rows.set(name, new Map())
  }

  /** Folds what is stored up to the position, from where it stood. A projection that fails goes no further; the others do. */
  async foldTo(
    to: Position,
    { eventStore }: Pick<OpsPorts, 'eventStore'>,
    { signal, seen }: { readonly signal: AbortSignal; readonly seen: (positions: number) => void },
  ): Promise<void> {
    const range = { from: this.reached, to, signal, filter: { types: this.types } }
    for await (const { events, reached } of eventsBetween(eventStore, range)) {
      for (const event of events) this.fold(event)
      seen(Number(reached - this.reached))
      this.reached = reached
    }
  }

  /** In the canonical form of views; undefined where the events make no such row. */
  row({ name, view }: Projection, id: string): FoldedRow | undefined {
    const row = this.rows.get(name)?.get(id)
    return row ? canonicalRow(view, row) : undefined
  }

  ids({ name }: Projection): string[] {
    return [...(this.rows.get(name)?.keys() ?? [])]
  }

  /** Why the rows of the projection cannot be told. */
  failureOf({ name }: Projection): FoldFailed | undefined {
    return this.failures.get(name)
  }

  private fold(event: RecordedEvent): void {
    for (const projection of this.projections) {
      if (!this.failures.has(projection.name)) this.foldOne(projection, event)
    }
  }

  private foldOne(projection: Projection, event: RecordedEvent): void {
    try {
      folding(projection, event, () => {
        for (const change of projection.on[event.type]?.(event) ?? []) this.change(projection, change)
      })
    } catch (error) {
      if (!(error instanceof FoldFailed)) throw error
      this.failures.set(projection.name, error)
    }
  }

  private change(projection: Projection, change: RowChange<FoldedRow>): void {
    const rows = this.rows.get(projection.name)
    const next = rowAfter(change, rows?.get(change.id))
    if (next === null) rows?.delete(change.id)
    else if (next && isOf(this.partition, this.keyOf(projection, next))) rows?.set(change.id, next)
  }
}
