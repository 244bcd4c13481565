import { at } from './kit-instants'
import { cancel, set, timer, write, type Given } from './timers.kit-support'

/** What operators ask of timers, and do to those that have fired. */
export function operators(given: Given): void {
  describe('an operator', () => {
    it('knows those that are kept, open or fired, and not those that were cancelled or never set', async () => {
      await write(given(), set(timer('a', 1)), set(timer('b', 1)), set(timer('c', 1)))
      await given().fired([timer('a', 1).id])
      await write(given(), cancel(timer('b', 1)))
      const ids = ['a', 'b', 'c', 'd'].map((aggregate) => timer(aggregate, 1).id)
      const kept = await given().kept(ids)
      expect(kept).toHaveLength(2)
      expect(kept).toContainEqual({ state: 'fired', id: timer('a', 1).id })
      expect(kept).toContainEqual({ state: 'open', id: timer('c', 1).id, due: at(1), clockId: null })
      expect(await given().kept([])).toEqual([])
    })

    it('sets one again that has fired once that is forgotten, and forgets none that is open', async () => {
      await write(given(), set(timer('a', 1)), set(timer('b', 1)))
      await given().fired([timer('a', 1).id])
      await given().forgetFired([timer('a', 1).id, timer('b', 1).id, 'unknown'])
      expect(await given().list({ limit: 9 })).toEqual([timer('b', 1)])
      await write(given(), set(timer('a', 1)))
      expect(await given().list({ limit: 9 })).toEqual([timer('a', 1), timer('b', 1)])
    })
  })
}
