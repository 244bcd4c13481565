import type { EventDescriptor, Position, RecordedEvent } from '@billstream/event-sourcing-core'
import { eventsBetween } from '../console/follow'
import type { Progress } from '../console/progress'
import type { OpsPorts } from '../ops'

export interface ReplayRange {
  /** Behind this position, up to and with the other. */
  readonly from: Position
  readonly to: Position
  /** None: every type that is published. */
  readonly types: readonly string[]
}

/** What was replayed, or would be. */
export interface Replayed {
  readonly events: number
  readonly first: Position | null
  readonly last: Position | null
  /** By type, in the order of their names. */
  readonly perType: Readonly<Record<string, number>>
  /** The position up to which everything was looked at: where an interrupted replay goes on. */
  readonly reached: Position
}

export interface PublishableEvent {
  readonly event: RecordedEvent
  readonly descriptor: EventDescriptor
}

type ReplayPorts = Pick<OpsPorts, 'eventStore' | 'events'>

/**
 * Gives every published event of the range to `publish`, batch by batch, in position order. Internal events are left out, as
 * the relay leaves them out. An abort ends it between two batches.
 */
export async function replayEvents(
  { from, to, types }: ReplayRange,
  { eventStore, events: registry }: ReplayPorts,
  publish: (events: readonly PublishableEvent[]) => Promise<void>,
  { progress, signal }: { readonly progress: Progress; readonly signal: AbortSignal },
): Promise<Replayed> {
  const counts = new Map<string, number>()
  let [first, last, reached]: [Position | null, Position | null, Position] = [null, null, from]
  const filter = types.length > 0 ? { filter: { types } } : {}
  for await (const batch of eventsBetween(eventStore, { from, to, signal, ...filter })) {
    const published = batch.events.flatMap((event): PublishableEvent[] => {
      const descriptor = registry.has(event.type) ? registry.get(event.type) : undefined
      return descriptor && !descriptor.internal ? [{ event, descriptor }] : []
    })
    await publish(published)
    for (const { event } of published) counts.set(event.type, (counts.get(event.type) ?? 0) + 1)
    first ??= published[0]?.event.position ?? null
    last = published.at(-1)?.event.position ?? last
    progress.advance(Number(batch.reached - reached))
    reached = batch.reached
  }
  const perType = Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
  return { events: [...counts.values()].reduce((sum, count) => sum + count, 0), first, last, perType, reached }
}
