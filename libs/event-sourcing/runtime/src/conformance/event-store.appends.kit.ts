import { APPEND_BYTES_MAX, type ExpectedRevision } from '../ports/event-store.port'
import {
  all,
  code,
  isRising,
  newEvent,
  newStream,
  times,
  twoEvents,
  value,
  type Given,
} from './event-store.kit-support'

const WRITERS = 24

export function appending(given: Given): void {
  describe('an append', () => {
    it('records its events in order, with revisions from 0 and rising positions', async () => {
      const { store } = given()
      const events = [newEvent('Opened'), newEvent('Changed'), newEvent('Closed')]
      const appended = value(await store.append(newStream(), 'no-stream', events))
      expect(appended.revision).toBe(2)
      expect(appended.events.map(({ id }) => id)).toEqual(events.map(({ id }) => id))
      expect(appended.events.map(({ revision }) => revision)).toEqual([0, 1, 2])
      expect(isRising(appended.events.map(({ position }) => position))).toBe(true)
      expect(appended.position).toBe(appended.events[2]?.position)
      expect(await store.head()).toBe(appended.position)
    })

    it('answers with what a read gives', async () => {
      const { store } = given()
      const stream = newStream()
      const appended = value(await store.append(stream, 'no-stream', [newEvent('Opened', { a: ['b', { c: null }] })]))
      expect(await all(store.read(stream))).toEqual(appended.events)
    })

    const cases: [ExpectedRevision, number, boolean][] = [
      ['no-stream', 0, true],
      ['no-stream', 1, false],
      ['stream-exists', 0, false],
      ['stream-exists', 1, true],
      ['any', 0, true],
      ['any', 2, true],
      [0, 0, false],
      [0, 1, true],
      [0, 2, false],
      [5, 2, false],
    ]
    it.each(cases)('expecting %p on a stream of %p events: %p', async (expected, count, fits) => {
      const { store } = given()
      const stream = newStream()
      for (let index = 0; index < count; index += 1) value(await store.append(stream, 'any', [newEvent('Opened')]))
      const result = await store.append(stream, expected, [newEvent('Changed'), newEvent('Changed')])
      expect(result.ok ? 'appended' : result.error.code).toBe(fits ? 'appended' : 'revision_conflict')
      expect(await all(store.read(stream))).toHaveLength(fits ? count + 2 : count)
    })

    it('may be as large as the limit and no larger', async () => {
      const { store } = given()
      const stream = newStream()
      const half = 'x'.repeat(APPEND_BYTES_MAX / 2 - 1_000)
      value(await store.append(stream, 'any', [newEvent('Large', { half }), newEvent('Large', { half })]))
      const larger = [newEvent('Large', { half }), newEvent('Large', { half: `${half}${'é'.repeat(1_000)}` })]
      expect(code(await store.append(stream, 'any', larger))).toBe('append_too_large')
      expect(await all(store.read(stream))).toHaveLength(2)
    })

    it('without an event, with one id twice or with an id that is none is a bug', async () => {
      const { store } = given()
      const event = newEvent('Opened')
      await expect(store.append(newStream(), 'any', [])).rejects.toThrow('at least one event')
      await expect(store.append(newStream(), 'any', [event, event])).rejects.toThrow('twice')
      await expect(store.append(newStream(), 'any', [{ ...event, id: 'none' }])).rejects.toThrow('UUID')
    })
  })
}

export function racing(given: Given): void {
  describe('many writers at once', () => {
    it.each<ExpectedRevision>(['no-stream', 0])(
      'on one stream, all expecting %p: exactly one wins',
      async (expected) => {
        const { store, another = store } = given()
        const stream = newStream()
        if (expected === 0) value(await store.append(stream, 'no-stream', [newEvent('Opened')]))
        const results = await Promise.all(
          times(WRITERS, (index) => (index % 2 ? store : another).append(stream, expected, [newEvent('Won')])),
        )
        expect(results.filter(({ ok }) => ok)).toHaveLength(1)
        expect(results.filter((result) => !result.ok && result.error.code === 'revision_conflict')).toHaveLength(
          WRITERS - 1,
        )
        expect((await all(store.read(stream))).filter(({ type }) => type === 'Won')).toHaveLength(1)
      },
    )

    it('on one stream that expect nothing: all are recorded, one after the other', async () => {
      const { store, another = store } = given()
      const stream = newStream()
      const results = await Promise.all(
        times(WRITERS, (index) => (index % 2 ? store : another).append(stream, 'any', twoEvents())),
      )
      const events = await all(store.read(stream))
      expect(events.map(({ revision }) => revision)).toEqual(times(WRITERS * 2, (index) => index))
      expect(isRising(events.map(({ position }) => position))).toBe(true)
      for (const result of results) {
        const [first, second] = value(result).events
        expect(second?.revision).toBe((first?.revision ?? 0) + 1)
      }
    })

    it('on streams of their own: every answer is that of its own append', async () => {
      const { store, another = store } = given()
      const streams = times(WRITERS, newStream)
      const answers = await Promise.all(
        streams.map(async (stream, index) => (index % 2 ? store : another).append(stream, 'no-stream', twoEvents())),
      )
      for (const [index, stream] of streams.entries()) {
        expect(await all(store.read(stream))).toEqual(value(answers[index]).events)
      }
    })

    it('of one writer on one stream: appends keep the order in which they were given', async () => {
      const { store } = given()
      const stream = newStream()
      await Promise.all(times(20, (index) => store.append(stream, 'any', [newEvent('Counted', { index })])))
      expect((await all(store.read(stream))).map(({ data }) => (data as { index: number }).index)).toEqual(
        times(20, (index) => index),
      )
    })
  })
}

export function repeating(given: Given): void {
  describe('a repeat', () => {
    it.each<ExpectedRevision>(['any', 'no-stream', 'stream-exists', 0, 7])(
      'of the same events expecting %p is recognised and records nothing',
      async (expected) => {
        const { store } = given()
        const stream = newStream()
        const events = twoEvents()
        value(await store.append(stream, 'no-stream', events))
        expect(code(await store.append(stream, expected, events))).toBe('event_exists')
        expect(await all(store.read(stream))).toHaveLength(2)
      },
    )

    it.each<ExpectedRevision>(['any', 'no-stream', 'stream-exists', 0, 7])(
      'of one event on its stream, beside a new one, expecting %p records neither',
      async (expected) => {
        const { store } = given()
        const stream = newStream()
        const [first, second] = [newEvent('Opened'), newEvent('Changed')]
        value(await store.append(stream, 'no-stream', [first, second]))
        expect(code(await store.append(stream, expected, [newEvent('Closed'), first]))).toBe('event_exists')
        expect(await all(store.read(stream))).toHaveLength(2)
      },
    )

    it('of one event on another stream, beside a new one, records neither, or both where ids belong to streams', async () => {
      const { store, idsUniqueIn = 'store' } = given()
      const [stream, other] = [newStream(), newStream()]
      const event = newEvent('Opened')
      value(await store.append(stream, 'any', [event]))
      const answer = code(await store.append(other, 'any', [newEvent('Opened'), event]))
      const { length } = await all(store.read(other))
      expect([answer, length]).toEqual(idsUniqueIn === 'store' ? ['event_exists', 0] : ['appended', 2])
    })

    it.each<['one stream' | 'many streams', ExpectedRevision]>([
      ['one stream', 'any'],
      ['one stream', 'no-stream'],
      ['many streams', 'any'],
    ])('at the same moment on %s, expecting %p, is recorded once', async (places, expected) => {
      const { store, another = store, idsUniqueIn = 'store' } = given()
      if (places === 'many streams' && idsUniqueIn === 'stream') return
      const stream = newStream()
      const event = newEvent('Opened')
      const results = await Promise.all(
        times(6, (index) =>
          (index % 2 ? store : another).append(places === 'one stream' ? stream : newStream(), expected, [event]),
        ),
      )
      expect(results.map(code).sort()).toEqual(['appended', ...times(5, () => 'event_exists')])
    })
  })
}
