import { timeOrderedId } from '@billstream/kernel'
import type { EventIndex, EventSearch } from '../ports/event-index.port'
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

    it('finds the last events of a stream, of types and of an organization, in position order', async () => {
      const category = await filled()
      const stream = `${category}-b`
      const organizationId = timeOrderedId()
      const of = (type: string) => {
        const event = newEvent(type)
        return { ...event, metadata: { ...event.metadata, organizationId } }
      }
      const events = [of('Opened'), of('Changed'), of('Opened')]
      for (const event of events) await under.store.append(`${category}-c`, 'any', [event])
      await under.store.append(`${category}-d`, 'any', [newEvent('Closed')])
      const until = await under.store.head()
      const last = async (search: Partial<EventSearch>) =>
        (await under.index.last({ until, limit: 10, ...search })).map(({ stream: name, revision }) => [name, revision])
      const [first, second, third] = [0, 1, 2].map((revision) => [`${category}-c`, revision])
      expect(await last({ stream })).toEqual([0, 1, 2].map((revision) => [stream, revision]))
      expect(await last({ stream, types: ['Opened', 'Closed'], limit: 1 })).toEqual([[stream, 2]])
      expect(await last({ organizationId })).toEqual([first, second, third])
      expect(await last({ organizationId, types: ['Opened'] })).toEqual([first, third])
      expect(await last({ organizationId, limit: 2 })).toEqual([second, third])
      expect(await last({ organizationId, stream })).toEqual([])
      expect(await last({ limit: 1 })).toEqual([[`${category}-d`, 0]])
    })

    it('leaves out what is behind the position up to which it looks', async () => {
      const category = await filled()
      const appended = await under.store.append(`${category}-e`, 'any', [newEvent('Opened')])
      const until = appended.ok ? appended.value.position : 0n
      await under.store.append(`${category}-e`, 'any', [newEvent('Closed')])
      const search = { stream: `${category}-e`, until, limit: 10 }
      expect((await under.index.last(search)).map(({ revision }) => revision)).toEqual([0])
      expect(await under.index.last({ ...search, until: until - 1n })).toEqual([])
    })

    it('finds every event there, also of streams that lie between each other', async () => {
      await filled()
      const { streams, ...missing } = await under.index.completeness(5)
      expect(streams).toBeGreaterThanOrEqual(5)
      expect(missing).toMatchObject({ brokenStreams: 0, broken: [] })
      expect(missing.positions?.holes ?? []).toEqual([])
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
