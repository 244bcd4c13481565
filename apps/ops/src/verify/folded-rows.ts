import { createHash } from 'node:crypto'
import {
  rowAfter,
  type Position,
  type Projection,
  type RecordedEvent,
  type ViewDefinition,
  type ViewRow,
} from '@billstream/event-sourcing-core'
import { canonicalRow } from '@billstream/event-sourcing-runtime'
import { eventsBetween } from '../console/follow'
import type { OpsPorts } from '../ops'

export interface Partition {
  /** 0 <= index < of. */
  readonly index: number
  readonly of: number
}

export type FoldedRow = ViewRow<ViewDefinition>

/** Whether a row is of the partition: by a hash of its id, so that all are of about the same size. */
export function isOf({ index, of }: Partition, id: string): boolean {
  return of === 1 || createHash('sha1').update(id).digest().readUInt32BE(0) % of === index
}

/** The rows that every projection makes of the events, of one partition of ids, in memory. */
export class FoldedRows {
  private readonly rows = new Map<string, Map<string, FoldedRow | null>>()
  private readonly types: readonly string[]
  private reached: Position = 0n

  constructor(
    private readonly projections: readonly Projection[],
    private readonly partition: Partition,
  ) {
    this.types = [...new Set(projections.flatMap(({ on }) => Object.keys(on)))]
    for (const { name } of projections) this.rows.set(name, new Map())
  }

  /** Folds what is stored up to the position, from where it stood. */
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
    const rows = this.rows.get(name) ?? new Map<string, FoldedRow | null>()
    return [...rows].flatMap(([id, row]) => (row ? [id] : []))
  }

  private fold(event: RecordedEvent): void {
    for (const { name, on } of this.projections) {
      const rows = this.rows.get(name)
      for (const change of on[event.type]?.(event) ?? []) {
        if (!rows || !isOf(this.partition, change.id)) continue
        const next = rowAfter(change, rows.get(change.id) ?? undefined)
        if (next !== undefined) rows.set(change.id, next)
      }
    }
  }
}
