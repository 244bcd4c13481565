import type { RecordedEvent } from '@billstream/event-sourcing-core'
import type { EventBatch, EventFilter } from '../ports/event-store.port'
import {
  all,
  eventually,
  isRising,
  newEvent,
  newStream,
  times,
  twoEvents,
  value,
  watch,
  type Given,
  type Watcher,
} from './event-store.kit-support'

export function subscribing(given: Given): void {
  describe('a subscription', () => {
    it('gives what was recorded after its start, then what is recorded later', async () => {
      const { store } = given()
      const stream = newStream()
      const before = value(await store.append(stream, 'any', twoEvents()))
      const watcher = watch(store, before.events[0]?.position ?? 0n)
      await watcher.until(before.position)
      const later = value(await store.append(stream, 'any', twoEvents()))
      await watcher.until(later.position)
      expect(watcher.events).toEqual([before.events[1], ...later.events])
      await watcher.stop()
    })

    it('hears of what another program records', async () => {
      const { store, another = store } = given()
      const watcher = watch(store, await store.head())
      const appended = value(await another.append(newStream(), 'any', twoEvents()))
      await watcher.until(appended.position)
      expect(watcher.events).toEqual(appended.events)
      await watcher.stop()
    })

    it.each<[EventFilter, string[]]>([
      [{ types: ['Opened', 'Closed'] }, ['Opened', 'Closed', 'Closed']],
      [{ categories: ['ledger'] }, ['Opened', 'Changed', 'Closed']],
      [{ types: ['Closed'], categories: ['ledger'] }, ['Closed']],
      [{ types: [] }, []],
    ])(
      'with the filter %p gives only what passes, live and catching up, and passes over the rest',
      async (filter, types) => {
        const { store } = given()
        const start = await store.head()
        const live = watch(store, start, { filter })
        const [ledger, other] = [newStream('ledger'), newStream('journal')]
        for (const type of ['Opened', 'Changed', 'Closed']) value(await store.append(ledger, 'any', [newEvent(type)]))
        value(await store.append(other, 'any', [newEvent('Closed')]))
        const last = value(await store.append(other, 'any', [newEvent('Changed')]))
        const late = watch(store, start, { filter })
        for (const watcher of [live, late]) {
          await watcher.until(last.position)
          expect(watcher.events.map(({ type }) => type)).toEqual(types)
          await watcher.stop()
        }
      },
    )

    it('can be taken up again where a batch has reached', async () => {
      const { store } = given()
      const start = await store.head()
      const appended = value(
        await store.append(
          newStream(),
          'any',
          times(30, (index) => newEvent(index % 3 ? 'Other' : 'Wanted')),
        ),
      )
      const found: RecordedEvent[] = []
      let reached = start
      while (reached < appended.position) {
        for await (const batch of store.subscribe(reached, { filter: { types: ['Wanted'] }, batchMax: 4 })) {
          expect(batch.events.length).toBeLessThanOrEqual(4)
          expect(batch.reached > reached).toBe(true)
          found.push(...batch.events)
          reached = batch.reached
          break
        }
      }
      expect(found).toEqual(appended.events.filter(({ type }) => type === 'Wanted'))
    })

    it('that is slow loses nothing', async () => {
      const { store } = given()
      const subscription = store.subscribe(await store.head(), { batchMax: 100 })[Symbol.asyncIterator]()
      const streams = times(10, newStream)
      value(await store.append(streams[0] ?? '', 'any', [newEvent('Counted')]))
      const events = await nextEvents(subscription)
      for (let round = 0; round < 5; round += 1) {
        await Promise.all(
          streams.map((stream) =>
            store.append(
              stream,
              'any',
              times(100, () => newEvent('Counted')),
            ),
          ),
        )
      }
      while (events.length < 5_001) events.push(...(await nextEvents(subscription)))
      expect(new Set(events.map(({ id }) => id)).size).toBe(5_001)
      expect(isRising(events.map(({ position }) => position))).toBe(true)
      await subscription.return?.()
    })

    it('goes on by itself after its connection was lost', async () => {
      const { store, another = store, loseConnections } = given()
      if (!loseConnections) return
      const watcher = watch(store, await store.head())
      const stream = newStream()
      const recorded: RecordedEvent[] = []
      for (let round = 0; round < 4; round += 1) {
        await loseConnections()
        const appended = await eventually(() => another.append(stream, 'any', [newEvent('Counted')]))
        recorded.push(...value(appended).events)
        await watcher.until(recorded.at(-1)?.position ?? 0n)
      }
      expect(watcher.events).toEqual(recorded)
      await watcher.stop()
    })
  })
}

export function handingOver(given: Given): void {
  describe('subscriptions that begin while others write', () => {
    it('skip no event and give none twice', async () => {
      const { store, another = store } = given()
      const start = await store.head()
      const watchers: Watcher[] = []
      const streams = times(8, newStream)
      const writing = streams.map(async (stream, writer) => {
        for (let round = 0; round < 40; round += 1) {
          value(await (writer % 2 ? store : another).append(stream, 'any', twoEvents()))
          if (writer === 0 && round % 4 === 0) watchers.push(watch(round % 8 ? another : store, start, { batchMax: 7 }))
        }
      })
      await Promise.all(writing)
      const head = await store.head()
      for (const watcher of watchers) {
        await watcher.until(head)
        expect(watcher.events).toHaveLength(8 * 40 * 2)
        expect(isRising(watcher.events.map(({ position }) => position))).toBe(true)
        for (const stream of streams) {
          const revisions = watcher.events.filter((event) => event.stream === stream).map(({ revision }) => revision)
          expect(revisions).toEqual(times(80, (index) => index))
        }
        await watcher.stop()
      }
    })
  })
}

export function ending(given: Given): void {
  describe('a subscription ends', () => {
    it('when its signal aborts, waiting or not yet begun', async () => {
      const { store } = given()
      const stop = new AbortController()
      const waiting = all(store.subscribe(await store.head(), { signal: stop.signal }))
      setImmediate(() => stop.abort())
      expect(await waiting).toEqual([])
      expect(await all(store.subscribe(0n, { signal: stop.signal }))).toEqual([])
    })

    it('when its signal aborts while it catches up', async () => {
      const { store } = given()
      value(
        await store.append(
          newStream(),
          'any',
          times(50, () => newEvent('Counted')),
        ),
      )
      const stop = new AbortController()
      let batches = 0
      for await (const batch of store.subscribe(0n, { signal: stop.signal, batchMax: 1 })) {
        expect(batch.events.length).toBeLessThanOrEqual(1)
        batches += 1
        stop.abort()
      }
      expect(batches).toBe(1)
    })

    it('when it is left', async () => {
      const { store } = given()
      const start = await store.head()
      const appended = value(await store.append(newStream(), 'any', twoEvents()))
      for await (const { events } of store.subscribe(start)) {
        expect(events[0]).toEqual(appended.events[0])
        break
      }
    })
  })
}

async function nextEvents(subscription: AsyncIterator<EventBatch>): Promise<RecordedEvent[]> {
  const next: IteratorResult<EventBatch, unknown> = await subscription.next()
  return next.done ? [] : [...next.value.events]
}
