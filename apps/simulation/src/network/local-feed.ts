import type { RecordedEvent } from '@billstream/event-sourcing-core'
import { StoreUnavailable } from '@billstream/event-sourcing-runtime'
import type { Faults } from '../faults/faults'

/** Hands events to the consumers of one context. */
export type Consume = (events: readonly RecordedEvent[]) => Promise<void>

/**
 * Between the relay and the consumers: what a broker may do to a batch. Half of it and then again from the start, twice, or with
 * its keys in another order. The events of one key never change their order.
 */
export function faultyFeed(consume: Consume, faults: Faults): Consume {
  return async (batch) => {
    const events = faults.strikes('reorderedBatch') ? withKeysShuffled(batch, faults) : batch
    if (faults.strikes('halfBatch')) {
      await consume(events.slice(0, Math.ceil(events.length / 2)))
      throw new StoreUnavailable('The consumer broke off in the middle of a batch.')
    }
    await consume(events)
    if (faults.strikes('repeatedBatch')) await consume(events)
  }
}

function withKeysShuffled(batch: readonly RecordedEvent[], faults: Faults): readonly RecordedEvent[] {
  const byKey = new Map<string, RecordedEvent[]>()
  for (const event of batch) byKey.set(event.stream, [...(byKey.get(event.stream) ?? []), event])
  return faults.shuffled([...byKey.values()]).flat()
}
