import { timeOrderedId } from '@billstream/kernel'
import { all, newEvent, newStream, times, value, type Given } from './event-store.kit-support'

export function keeping(given: Given): void {
  describe('what is stored', () => {
    const texts = {
      mixed: 'Zoë — 日本語 — עברית — 👩‍👩‍👧‍👦 \u{10FFFF}',
      control: '\u0000 \u0001 \n \r \t \u001e \u2028 \u2029 \u007f',
      loneSurrogate: '\ud83d',
      quotes: `"'\\ {} [] , \\" \\u0041 \\n $1 ; --`,
      digits: '123456789012345678901234567890.000000000001',
      empty: '',
    }

    it('comes back exactly: unicode, control characters, digits and structure', async () => {
      const { store } = given()
      const stream = newStream()
      const data = { ...texts, [texts.mixed]: [texts], nothing: null, yes: true, count: -12.5, none: [], object: {} }
      value(await store.append(stream, 'any', [newEvent('Kept', data)]))
      expect((await all(store.read(stream))).map((event) => event.data)).toEqual([data])
    })

    it('has its metadata', async () => {
      const { store } = given()
      const stream = newStream()
      const event = newEvent('Kept')
      const metadata = { ...event.metadata, due: '2026-02-01T00:00:00.000Z', clockId: timeOrderedId() }
      value(await store.append(stream, 'any', [{ ...event, metadata, schemaVersion: 3 }]))
      const [recorded] = await all(store.read(stream))
      expect(recorded).toMatchObject({ id: event.id, type: 'Kept', schemaVersion: 3, stream, metadata })
      expect(recorded?.recordedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.(\d{3}|\d{6})Z$/)
    })

    it('does not change when the writer changes its object afterwards', async () => {
      const { store } = given()
      const stream = newStream()
      const data = { name: 'before' }
      const appending = store.append(stream, 'any', [newEvent('Kept', data)])
      data.name = 'after'
      expect(value(await appending).events[0]?.data).toEqual({ name: 'before' })
    })

    it('can be on a stream with any name', async () => {
      const { store } = given()
      const stream = `${newStream()} "quoted", {braces}, \\ 'ü' 👩`
      value(await store.append(stream, 'no-stream', [newEvent('Kept')]))
      expect((await all(store.read(stream))).map((event) => event.stream)).toEqual([stream])
    })
  })
}

export function reading(given: Given): void {
  describe('a read', () => {
    it('of an unknown stream gives nothing', async () => {
      expect(await all(given().store.read(newStream()))).toEqual([])
    })

    it('of a long stream gives all of it in order', async () => {
      const { store } = given()
      const stream = newStream()
      for (let round = 0; round < 3; round += 1) {
        value(
          await store.append(
            stream,
            'any',
            times(700, (index) => newEvent('Counted', { index })),
          ),
        )
      }
      const revisions = (await all(store.read(stream))).map(({ revision }) => revision)
      expect(revisions).toEqual(times(2_100, (index) => index))
    })

    it.each([
      [{ fromRevision: 3 }, [3, 4, 5]],
      [{ fromRevision: 6 }, []],
      [{ limit: 2 }, [0, 1]],
      [{ limit: 0 }, []],
      [{ fromRevision: 4, limit: 10 }, [4, 5]],
      [{ fromRevision: 1, limit: 2 }, [1, 2]],
    ])('with %p gives the revisions %p', async (options, revisions) => {
      const { store } = given()
      const stream = newStream()
      value(
        await store.append(
          stream,
          'any',
          times(6, () => newEvent('Counted')),
        ),
      )
      expect((await all(store.read(stream, options))).map(({ revision }) => revision)).toEqual(revisions)
    })

    it('that is left early leaves nothing open', async () => {
      const { store } = given()
      const stream = newStream()
      value(
        await store.append(
          stream,
          'any',
          times(3, () => newEvent('Counted')),
        ),
      )
      for await (const event of store.read(stream)) {
        expect(event.revision).toBe(0)
        break
      }
      expect(await all(store.read(stream))).toHaveLength(3)
    })
  })
}

export function counting(given: Given): void {
  describe('a count', () => {
    const appended = async (events: number) =>
      value(
        await given().store.append(
          newStream(),
          'no-stream',
          times(events, () => newEvent('Counted')),
        ),
      )

    it('is of the events between two positions, the second one included', async () => {
      const { store } = given()
      const before = await store.head()
      const first = await appended(3)
      const second = await appended(2)
      expect(await store.count(before, { to: second.position, max: 5 })).toEqual({ events: 5, hasMore: false })
      expect(await store.count(before, { to: first.position, max: 5 })).toEqual({ events: 3, hasMore: false })
      expect(await store.count(first.position, { to: second.position, max: 5 })).toEqual({ events: 2, hasMore: false })
    })

    it('is none where the reader is as far, or further', async () => {
      const { store } = given()
      const { position } = await appended(1)
      expect(await store.count(position, { to: position, max: 5 })).toEqual({ events: 0, hasMore: false })
      expect(await store.count(position, { to: 0n, max: 5 })).toEqual({ events: 0, hasMore: false })
    })
  })
}
