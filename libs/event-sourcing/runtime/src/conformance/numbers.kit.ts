import type { Numbers } from '../ports/numbers.port'
import { together } from './kit-instants'

const request = (documentId: string, series = 'INV-2026', organizationId = 'organization-1') => ({
  organizationId,
  series,
  documentId,
})

/** What every adapter of Numbers must do. `make` gives an empty one. */
export function numbersConformance(name: string, make: () => Promise<Numbers>): void {
  describe(`numbers: ${name}`, () => {
    let numbers: Numbers
    beforeEach(async () => {
      numbers = await make()
    })

    it('hands them out from 1, in the order asked', async () => {
      const taken = await numbers.take(['c', 'a', 'b'].map((id) => request(id)))
      expect([...taken]).toEqual([
        ['c', 1],
        ['a', 2],
        ['b', 3],
      ])
      expect(await numbers.take([request('d')])).toEqual(new Map([['d', 4]]))
      expect(await numbers.take([])).toEqual(new Map())
    })

    it('leaves a document the number that it has', async () => {
      await numbers.take([request('a'), request('b')])
      const taken = await numbers.take([request('c'), request('a'), request('c')])
      expect(taken).toEqual(new Map([['c', 3], ['a', 1]])) // prettier-ignore
      expect(await numbers.take([request('a', 'INV-2027')])).toEqual(new Map([['a', 1]]))
    })

    it('counts each series of each organization by itself', async () => {
      await numbers.take([request('a'), request('b')])
      const others = [request('c', 'CN-2026'), request('a', 'INV-2026', 'organization-2'), request('d')]
      expect(await numbers.take(others)).toEqual(new Map([['c', 1], ['a', 1], ['d', 3]])) // prettier-ignore
    })

    it('leaves no gap when many take at once', async () => {
      const batches = await together(12, (index) =>
        numbers.take(['x', 'y', 'z'].map((part) => request(`${part}${index}`, index % 2 ? 'odd' : 'even'))),
      )
      for (const parity of [0, 1]) {
        const own = batches.filter((_, index) => index % 2 === parity)
        const taken = own.flatMap((batch) => [...batch.values()]).sort((a, b) => a - b)
        expect(taken).toEqual(Array.from({ length: 18 }, (_, index) => index + 1))
        // One statement takes a run without others in between, in the order asked.
        for (const batch of own) {
          const [first = 0, ...rest] = batch.values()
          expect(rest).toEqual([first + 1, first + 2])
        }
      }
    })

    it('gives one document one number when many ask at once', async () => {
      const taken = await together(10, (index) => numbers.take([request('same'), request(`other${index}`)]))
      expect(new Set(taken.map((batch) => batch.get('same')))).toHaveProperty('size', 1)
      expect((await numbers.take([request('last')])).get('last')).toBe(12)
    })
  })
}
