import { appending, racing, repeating } from './event-store.appends.kit'
import { counting, keeping, reading } from './event-store.content.kit'
import { ending, handingOver, subscribing } from './event-store.subscriptions.kit'
import type { EventStoreUnderTest } from './event-store.kit-support'

export { type EventStoreUnderTest } from './event-store.kit-support'

/** What every adapter of the event store must do. Call it in a spec of the adapter. */
export function eventStoreConformance(name: string, start: () => Promise<EventStoreUnderTest>): void {
  describe(`event store: ${name}`, () => {
    let subject: EventStoreUnderTest
    const given = (): EventStoreUnderTest => subject

    beforeAll(async () => {
      subject = await start()
    })
    afterAll(() => subject.stop())

    appending(given)
    racing(given)
    repeating(given)
    keeping(given)
    reading(given)
    counting(given)
    subscribing(given)
    handingOver(given)
    ending(given)
  })
}
