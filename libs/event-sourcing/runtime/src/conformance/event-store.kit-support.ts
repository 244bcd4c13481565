import type { NewEvent, Position, RecordedEvent } from '@billstream/event-sourcing-core'
import { timeOrderedId } from '@billstream/kernel'
import { categoryOf } from '../event-store/event-filter'
import type { EventFilter, EventStore } from '../ports/event-store.port'

/** A store to be tested. Its data may hold events of earlier tests. */
export interface EventStoreUnderTest {
  readonly store: EventStore
  /** A second program on the same data; adapters of one process only have none. */
  readonly another?: EventStore
  /** How far it finds an event id that is recorded already: in the whole store (by default), or in the event's own stream. */
  readonly idsUniqueIn?: 'store' | 'stream'
  /** Breaks every connection that the stores have at this moment. */
  readonly loseConnections?: () => Promise<void>
  readonly stop: () => Promise<void>
}

export type Given = () => EventStoreUnderTest

const organizationId = timeOrderedId()

export interface Watcher {
  readonly events: RecordedEvent[]
  /** Resolves when everything up to the position was seen. */
  until(position: Position): Promise<void>
  stop(): Promise<void>
}

/** A subscription that keeps what it gets. Begins at once. */
export function watch(
  store: EventStore,
  from: Position,
  options: { filter?: EventFilter; batchMax?: number } = {},
): Watcher {
  const events: RecordedEvent[] = []
  const stop = new AbortController()
  let reached = from
  let moved = (): void => undefined
  const running = (async () => {
    for await (const batch of store.subscribe(from, { ...options, signal: stop.signal })) {
      events.push(...batch.events)
      reached = batch.reached
      moved()
    }
  })()
  return {
    events,
    until: async (position) => {
      while (reached < position) await new Promise<void>((resolve) => (moved = resolve))
    },
    stop: () => {
      stop.abort()
      return running
    },
  }
}

/** Repeats what fails while connections come back; the number of tries is the bound. */
export async function eventually<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      if (attempt === 100) throw error
    }
  }
}

export function newEvent(type: string, data: unknown = { text: 'x' }): NewEvent {
  const id = timeOrderedId()
  return {
    id,
    type,
    schemaVersion: 1,
    data,
    metadata: {
      organizationId,
      actor: { type: 'system', id: 'conformance' },
      commandId: id,
      correlationId: id,
      causationId: id,
      occurredAt: '2026-01-01T00:00:00.000Z',
    },
  }
}

export function twoEvents(): NewEvent[] {
  return [newEvent('Opened'), newEvent('Changed')]
}

export function newStream(category: unknown = 'account'): string {
  const stream = `${typeof category === 'string' ? category : 'account'}-${timeOrderedId()}`
  expect(categoryOf(stream)).not.toContain('-')
  return stream
}

export function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index))
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

export function isRising(positions: readonly Position[]): boolean {
  return positions.every((position, index) => index === 0 || position > (positions[index - 1] ?? 0n))
}

type Answer = Awaited<ReturnType<EventStore['append']>>

export function value(result: Answer | undefined): Extract<Answer, { ok: true }>['value'] {
  if (!result?.ok) throw new Error(`The append was refused: ${result?.error.code}`)
  return result.value
}

export function code(result: Answer): string {
  return result.ok ? 'appended' : result.error.code
}
