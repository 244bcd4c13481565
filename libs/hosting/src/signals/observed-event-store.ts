import type { RecordedEvent } from '@billstream/event-sourcing-core'
import type { EventStore } from '@billstream/event-sourcing-runtime'
import { nowMs, type Signals, type Tracing } from '@billstream/platform'
import { overriding } from './overriding'

/** Times appends, counts events, and gives each recorded event its span. */
export function observedEventStore(
  store: EventStore,
  { metrics, tracing }: Pick<Signals, 'metrics' | 'tracing'>,
): EventStore {
  const note = (outcome: string, startedAtMs: number) =>
    metrics.time('billstream_append_seconds', { outcome }, (nowMs() - startedAtMs) / 1_000)
  return overriding(store, {
    async append(stream, expected, events) {
      const startedAtMs = nowMs()
      try {
        const appended = await store.append(stream, expected, events)
        note(appended.ok ? 'appended' : appended.error.code, startedAtMs)
        if (!appended.ok) return appended
        for (const { type } of events) metrics.count('billstream_events_appended_total', { type })
        if (tracing) traceEvents(appended.value.events, startedAtMs, tracing)
        return appended
      } catch (error) {
        note('failed', startedAtMs)
        throw error
      }
    },
  })
}

function traceEvents(recorded: readonly RecordedEvent[], startedAtMs: number, tracing: Tracing): void {
  for (const { id, type, stream, position, metadata } of recorded) {
    tracing.note({
      name: `append ${type}`,
      event: id,
      correlationId: metadata.correlationId,
      startedAtMs,
      attributes: { 'billstream.stream': stream, 'billstream.position': String(position), 'billstream.event.id': id },
    })
  }
}
