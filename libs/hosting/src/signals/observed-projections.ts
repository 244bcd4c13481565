import type { Projection, RecordedEvent } from '@billstream/event-sourcing-core'
import type { ViewWriter } from '@billstream/event-sourcing-runtime'
import { nowMs, type Signals, type Tracing } from '@billstream/platform'
import { overriding } from './overriding'

/** Older events are being read again, for a rebuild: they are no part of a request any more. */
const TRACED_AGE_MAX_MS = 600_000

/** Projections and their writer, timed per commit; each event that is committed gets a span below its own. */
export function observedProjections(
  projections: readonly Projection[],
  viewWriter: ViewWriter,
  { metrics, tracing }: Pick<Signals, 'metrics' | 'tracing'>,
): { readonly projections: readonly Projection[]; readonly viewWriter: ViewWriter } {
  const batches = tracing && new TracedBatches(tracing)
  return {
    projections: batches ? projections.map((projection) => batches.listenIn(projection)) : projections,
    viewWriter: overriding(viewWriter, {
      async commit(projection, move, writes) {
        const startedAtMs = nowMs()
        const events = batches?.take(projection.name) ?? []
        const committed = await viewWriter.commit(projection, move, writes)
        const seconds = (nowMs() - startedAtMs) / 1_000
        metrics.time('billstream_projection_commit_seconds', { projection: projection.name }, seconds)
        if (committed) batches?.committed(projection.name, events, startedAtMs)
        return committed
      },
    }),
  }
}

/** Which events each projection has folded since its last commit. */
class TracedBatches {
  private readonly folded = new Map<string, RecordedEvent[]>()

  constructor(private readonly tracing: Tracing) {}

  listenIn(projection: Projection): Projection {
    const on = Object.entries(projection.on).map(([type, fold]): [string, typeof fold] => [
      type,
      (event) => {
        this.noteFolded(projection.name, event)
        return fold(event)
      },
    ])
    return { ...projection, on: Object.fromEntries(on) }
  }

  /** Also of a batch that fails: it is folded again. */
  take(projection: string): readonly RecordedEvent[] {
    const events = this.folded.get(projection) ?? []
    this.folded.delete(projection)
    return events
  }

  committed(projection: string, events: readonly RecordedEvent[], startedAtMs: number): void {
    const startedOf = new Map(events.map((event) => [event.id, event]))
    for (const { id, metadata } of startedOf.values()) {
      this.tracing.note({
        name: `project ${projection}`,
        correlationId: metadata.correlationId,
        causedBy: id,
        startedAtMs,
      })
    }
  }

  private noteFolded(projection: string, event: RecordedEvent): void {
    if (nowMs() - Date.parse(event.recordedAt) > TRACED_AGE_MAX_MS) return
    const events = this.folded.get(projection)
    if (events) events.push(event)
    else this.folded.set(projection, [event])
  }
}
