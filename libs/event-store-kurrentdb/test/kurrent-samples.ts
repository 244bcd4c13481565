import type { NewEvent, RecordedEvent } from '@billstream/event-sourcing-core'
import type { EventStore } from '@billstream/event-sourcing-runtime'
import { timeOrderedId } from '@billstream/kernel'

export const log = { info: () => undefined, warn: () => undefined, error: () => undefined }

export function newEvent(data: unknown = {}): NewEvent {
  const id = timeOrderedId()
  const actor = { type: 'system', id: 'test' } as const
  const occurredAt = '2026-01-01T00:00:00.000Z'
  const metadata = { organizationId: id, actor, commandId: id, correlationId: id, causationId: id, occurredAt }
  return { id, type: 'Happened', schemaVersion: 1, data, metadata }
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

/** The code of a refusal, or 'appended'. */
export function codeOf(result: Awaited<ReturnType<EventStore['append']>>): string {
  return result.ok ? 'appended' : result.error.code
}

/** What a subscription gives from there on, in the background. */
export function follow(store: EventStore, from = 0n, options: { batchMax?: number } = {}) {
  const stop = new AbortController()
  const events: RecordedEvent[] = []
  const seen = { reached: from }
  let moved = (): void => undefined
  const running = (async () => {
    for await (const batch of store.subscribe(from, { ...options, signal: stop.signal })) {
      events.push(...batch.events)
      seen.reached = batch.reached
      moved()
    }
  })()
  return {
    events,
    until: async (position: bigint) => {
      while (seen.reached < position) await Promise.race([running, new Promise<void>((resolve) => (moved = resolve))])
    },
    stop: () => {
      stop.abort()
      return running
    },
  }
}
