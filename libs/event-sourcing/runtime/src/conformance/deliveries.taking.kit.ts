import { delivery, idsOf, otherObject, take, tried, type Given } from './deliveries.kit-support'
import { at, together } from './kit-instants'

export function taking(given: Given): void {
  describe('taking', () => {
    it('gives what is due as it was added, longest due first', async () => {
      const early = delivery('early', 5, { ...otherObject, nextAttemptAt: at(1) })
      await given().add([delivery('a', 2), early, delivery('future', 9, { objectId: 'invoice-3' })])
      expect(await take(given(), 8)).toEqual([early, delivery('a', 2)])
    })

    it('keeps a known id as it was', async () => {
      await given().add([delivery('a', 1)])
      await given().add([delivery('a', 1, { body: 'other' }), delivery('b', 1, otherObject)])
      expect(await take(given(), 1)).toEqual([delivery('a', 1), delivery('b', 1, otherObject)])
      await given().add([])
    })

    it('gives a taken one to nobody until its lease lapses', async () => {
      await given().add([delivery('a', 1), delivery('b', 1, otherObject)])
      expect(idsOf(await take(given(), 1, 1))).toEqual(['a'])
      expect(idsOf(await take(given(), 60))).toEqual(['b'])
      expect(idsOf(await take(given(), 61))).toEqual(['a'])
    })
  })
}

export function ordering(given: Given): void {
  describe('first attempts of one object at one endpoint', () => {
    it('go one after the other, by creation', async () => {
      await given().add([delivery('later', 3), delivery('first', 1), delivery('second', 2)])
      expect(idsOf(await take(given(), 9))).toEqual(['first'])
      expect(idsOf(await take(given(), 9))).toEqual([])
      await given().record(...tried(delivery('first', 1), 10, { status: 'succeeded' }))
      expect(idsOf(await take(given(), 10))).toEqual(['second'])
      await given().record(...tried(delivery('second', 2), 10, { status: 'failed' }))
      expect(idsOf(await take(given(), 10))).toEqual(['later'])
    })

    it('go as they were added when they were created at one instant', async () => {
      await given().add([delivery('z', 1), delivery('a', 1)])
      await given().add([delivery('0', 1)])
      for (const id of ['z', 'a', '0']) {
        expect(idsOf(await take(given(), 1))).toEqual([id])
        await given().record(...tried(delivery(id, 1), 1, { status: 'succeeded' }))
      }
    })

    it('do not wait for retries', async () => {
      await given().add([delivery('first', 1), delivery('second', 2)])
      const [failed, attempt] = tried(delivery('first', 1), 3, { status: 'pending', nextAttemptAt: at(8) })
      await given().record(failed, attempt)
      expect(idsOf(await take(given(), 8))).toEqual(['second', 'first'])
    })

    it('do not wait for another endpoint, object or organization', async () => {
      await given().add([
        delivery('a', 1),
        delivery('b', 1, { endpointId: 'endpoint-2' }),
        delivery('c', 1, otherObject),
        delivery('d', 1, { objectType: 'payment' }),
        delivery('e', 1, { organizationId: 'organization-2' }),
      ])
      expect(idsOf(await take(given(), 1))).toEqual(['a', 'b', 'c', 'd', 'e'])
    })

    it('do not wait for one that was ended without an attempt', async () => {
      await given().add([delivery('a', 1), delivery('b', 2, { status: 'failed', nextAttemptAt: null })])
      await given().cancelOf('organization-1', 'endpoint-1', at(3))
      await given().add([delivery('c', 4)])
      expect(idsOf(await take(given(), 4))).toEqual(['c'])
    })
  })
}

export function takingAtOnce(given: Given): void {
  describe('taking by many at once', () => {
    it('gives each to one of them, in order per object', async () => {
      const objects = Array.from({ length: 12 }, (_, index) => `invoice-${index}`)
      const all = objects.flatMap((objectId) => [1, 2, 3].map((n) => delivery(`${objectId}/${n}`, n, { objectId })))
      await given().add(all)
      const taken: string[] = []
      const work = async (): Promise<void> => {
        for (let got = await take(given(), 5, 4); got.length > 0; got = await take(given(), 5, 4)) {
          taken.push(...idsOf(got))
          for (const each of got) await given().record(...tried(each, 5, { status: 'succeeded' }))
        }
      }
      await together(6, work)
      await work()
      expect(new Set(taken).size).toBe(36)
      expect(taken).toHaveLength(36)
      for (const objectId of objects) {
        expect(taken.filter((id) => id.startsWith(`${objectId}/`))).toEqual([1, 2, 3].map((n) => `${objectId}/${n}`))
      }
    })
  })
}

export function waking(given: Given): void {
  describe('the next one', () => {
    it('is the earliest that can be taken: due, not leased, not behind another', async () => {
      expect(await given().nextAt()).toBeUndefined()
      await given().add([delivery('a', 5), delivery('behind', 6), delivery('c', 9, otherObject)])
      expect(await given().nextAt()).toBe(at(5))
      await take(given(), 5)
      expect(await given().nextAt()).toBe(at(9))
      await take(given(), 9)
      expect(await given().nextAt()).toBe(at(65))
      await given().record(...tried(delivery('a', 5), 10, { status: 'succeeded' }))
      expect(await given().nextAt()).toBe(at(6))
    })
  })
}
