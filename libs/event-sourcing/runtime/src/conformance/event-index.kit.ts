import { timeOrderedId } from '@billstream/kernel'
import type { EventIndex } from '../ports/event-index.port'
import type { EventStore } from '../ports/event-store.port'
import { newEvent } from './event-store.kit-support'

export interface EventIndexUnderTest {
  readonly store: EventStore
  readonly index: EventIndex
  readonly stop: () => Promise<void>
}

/** What every adapter of EventIndex must do. `make` may give a store that holds other events already. */
export function eventIndexConformance(name: string, make: () => Promise<EventIndexUnderTest>): void {
  describe(`event index: ${name}`, () => {
    let under: EventIndexUnderTest
    beforeAll(async () => {
      under = await make()
    })
    afterAll(() => under.stop())

    /** Streams of a category of their own, so that other tests are not seen. */
    const filled = async () => {
      const category = `kit${timeOrderedId().replaceAll('-', '')}`
      const append = (stream: string, types: readonly string[]) =>
        under.store.append(
          stream,
          'any',
          types.map((type) => newEvent(type)),
        )
      await append(`${category}-b`, ['Opened', 'Changed'])
      await append(`${category}-a`, ['Opened'])
      await append(`${category}-b`, ['Closed'])
      await append(`${category}-ä`, ['Opened'])
      await append(`${category}x-a`, ['Opened'])
      await append(`${category}`, ['Opened'])
      return category
    }

    it('lists the streams of a category in byte order, each with its last event', async () => {
      const category = await filled()
      const streams = await under.index.streams({ category, limit: 10 })
      expect(streams.map(({ stream, events, lastType }) => [stream, events, lastType])).toEqual([
        [`${category}-a`, 1, 'Opened'],
        [`${category}-b`, 3, 'Closed'],
        [`${category}-ä`, 1, 'Opened'],
      ])
      const recorded = []
      for await (const event of under.store.read(`${category}-b`)) recorded.push(event)
      const last = recorded.at(-1)
      expect(streams[1]).toMatchObject({
        organizationId: last?.metadata.organizationId,
        lastPosition: last?.position,
        lastRecordedAt: last?.recordedAt,
      })
    })

    it('pages through them', async () => {
      const category = await filled()
      const names = async (after?: string) =>
        (await under.index.streams({ category, limit: 2, ...(after !== undefined && { after }) })).map(
          ({ stream }) => stream,
        )
      expect(await names()).toEqual([`${category}-a`, `${category}-b`])
      expect(await names(`${category}-b`)).toEqual([`${category}-ä`])
      expect(await names(`${category}-ä`)).toEqual([])
    })

    it('lists streams of every category', async () => {
      const category = await filled()
      const all = await under.index.streams({ after: category, limit: 4 })
      expect(all.map(({ stream }) => stream)).toEqual([
        `${category}-a`,
        `${category}-b`,
        `${category}-ä`,
        `${category}x-a`,
      ])
    })

    it('finds events by id, in position order', async () => {
      const category = await filled()
      const [first, second] = [newEvent('Opened'), newEvent('Changed')]
      await under.store.append(`${category}-c`, 'no-stream', [first, second])
      expect(await under.index.find([second.id, timeOrderedId(), first.id])).toEqual([
        { id: first.id, stream: `${category}-c`, revision: 0 },
        { id: second.id, stream: `${category}-c`, revision: 1 },
      ])
      expect(await under.index.find([])).toEqual([])
    })
  })
}
