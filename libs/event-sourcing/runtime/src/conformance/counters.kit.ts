import type { Counters } from '../ports/counters.port'
import { together } from './kit-instants'

const window = (name: string, fromSecond: number) => ({ name, fromSecond })

/** What every adapter of Counters must do. `make` gives an empty one. */
export function countersConformance(name: string, make: () => Promise<Counters>): void {
  describe(`counters: ${name}`, () => {
    let counters: Counters
    beforeEach(async () => {
      counters = await make()
    })

    it('knows nothing at first', async () => {
      expect(await counters.join([], [window('api:1', 0)])).toEqual(new Map([['api:1', []]]))
      expect(await counters.join([], [])).toEqual(new Map())
    })

    it('adds up the counts of a second', async () => {
      await counters.join([{ name: 'api:1', second: 10, count: 3 }], [])
      const again = [
        { name: 'api:1', second: 10, count: 4 },
        { name: 'api:1', second: 10, count: 1 },
        { name: 'api:1', second: 11, count: 2 },
        { name: 'api:2', second: 10, count: 9 },
      ]
      const totals = await counters.join(again, [window('api:1', 0)])
      expect(totals.get('api:1')).toEqual([
        { second: 10, count: 8 },
        { second: 11, count: 2 },
      ])
    })

    it('gives what is in each window, in order', async () => {
      const counts = [12, 9, 10, 11].map((second) => ({ name: 'api:1', second, count: second }))
      await counters.join([...counts, { name: 'api:2', second: 50, count: 1 }], [])
      const totals = await counters.join([], [window('api:1', 11), window('api:2', 51)])
      expect(totals.get('api:1')).toEqual([
        { second: 11, count: 11 },
        { second: 12, count: 12 },
      ])
      expect(totals.get('api:2')).toEqual([])
    })

    it('loses no count of processes that join at the same time', async () => {
      const names = ['api:1', 'api:2', 'api:3']
      await together(12, (index) =>
        counters.join(
          (index % 2 === 0 ? names : [...names].reverse()).map((name) => ({ name, second: 7, count: 1 })),
          [window('api:1', 0)],
        ),
      )
      expect((await counters.join([], [window('api:2', 0)])).get('api:2')).toEqual([{ second: 7, count: 12 }])
    })

    it('forgets the seconds before a purge', async () => {
      await counters.join(
        [9, 10].map((second) => ({ name: 'api:1', second, count: 1 })),
        [],
      )
      await counters.purge(10)
      expect((await counters.join([], [window('api:1', 0)])).get('api:1')).toEqual([{ second: 10, count: 1 }])
    })
  })
}
