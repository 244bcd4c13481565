import type { RecordedEvent } from '@billstream/event-sourcing-core'
import type { EventBatch } from '../ports/event-store.port'

type Step = IteratorResult<EventBatch, unknown>

/**
 * A subscription whose events are mapped. What holds no event passes as it is: of a live subscription that is nearly every
 * batch, and each program has dozens of subscriptions, so this is no generator, which would take three promises for each.
 */
export function mapBatches(
  batches: AsyncIterable<EventBatch>,
  map: (events: readonly RecordedEvent[]) => readonly RecordedEvent[] | Promise<readonly RecordedEvent[]>,
): AsyncIterable<EventBatch> {
  return {
    [Symbol.asyncIterator]() {
      const source = batches[Symbol.asyncIterator]()
      const end = async (): Promise<Step> => (await source.return?.()) ?? { done: true, value: undefined }
      const mapped = async ({ events, reached }: EventBatch): Promise<Step> => {
        try {
          return { done: false, value: { events: await map(events), reached } }
        } catch (error) {
          await end()
          throw error
        }
      }
      const next = (): Promise<Step> =>
        source.next().then((step) => (step.done || step.value.events.length === 0 ? step : mapped(step.value)))
      return { next, return: end }
    },
  }
}
