import { timeOrderedId } from '@billstream/kernel'
import type { Where } from '../ports/views.port'
import { sampleView, sampleRow, write, type Given, type SampleRow } from './views.kit-support'

export function searching(given: Given): void {
  describe('a search', () => {
    const organization = timeOrderedId()
    const [first, second] = [timeOrderedId(), timeOrderedId()]
    const rows = [
      {
        id: 'a',
        name: 'Alpha 100%',
        note: 'x',
        owner: first,
        at: '2026-01-01T00:00:00Z',
        count: 1,
        amount: '5',
        rate: '0.5',
      },
      {
        id: 'b',
        name: 'beta_one',
        note: null,
        owner: second,
        at: '2026-01-02T00:00:00Z',
        count: 2,
        amount: '50',
        rate: '10',
      },
      {
        id: 'c',
        name: 'Beta',
        note: 'y',
        owner: second,
        at: '2026-01-02T00:00:00.5Z',
        count: 10,
        amount: '-5',
        rate: '9.5',
      },
      {
        id: 'd',
        name: 'gamma\\',
        note: null,
        owner: first,
        at: '2026-01-03T00:00:00Z',
        count: 10,
        amount: '500',
        rate: '-1',
      },
    ]

    beforeAll(() =>
      write(
        given(),
        rows.map((row) => sampleRow({ organization_id: organization, active: row.count > 1, ...row })),
      ),
    )

    const cases: [string, Where<SampleRow>, string][] = [
      ['equal text', { name: 'Beta' }, 'c'],
      ['equal to nothing', { name: 'nobody' }, ''],
      ['equal id', { id: 'b' }, 'b'],
      ['equal uuid in capitals', { owner: first.toUpperCase() }, 'ad'],
      ['a uuid that is none', { owner: 'garbage' }, ''],
      ['equal amount in another form', { amount: '0050' }, 'b'],
      ['equal decimal in another form', { rate: '10.0' }, 'b'],
      ['equal instant in another form', { at: '2026-01-02T01:00:00+01:00' }, 'b'],
      ['a boolean', { active: true }, 'bcd'],
      ['no value', { note: null }, 'bd'],
      ['any value', { note: { not: null } }, 'ac'],
      ['another value or none', { note: { not: 'x' } }, 'bcd'],
      ['one of several', { name: { in: ['Beta', 'beta_one', 'nobody'] } }, 'bc'],
      ['one of several or none', { note: { in: ['x', null] } }, 'abd'],
      ['one of none', { name: { in: [] } }, ''],
      ['a range of instants', { at: { gte: '2026-01-02T00:00:00Z', lt: '2026-01-03T00:00:00Z' } }, 'bc'],
      ['a range of integers', { count: { gt: 1, lte: 10 } }, 'bcd'],
      ['a range of amounts', { amount: { gte: '5', lt: '500' } }, 'ab'],
      ['a range of decimals', { rate: { gt: '9', lte: '10.000' } }, 'bc'],
      ['a range of text by code point', { name: { gte: 'B', lt: 'b' } }, 'c'],
      ['a part of the text in any case', { name: { contains: 'BETA' } }, 'bc'],
      ['a part with a per cent sign', { name: { contains: '0%' } }, 'a'],
      ['a part with an underscore', { name: { contains: '_' } }, 'b'],
      ['a part with a backslash', { name: { contains: '\\' } }, 'd'],
      ['an empty part', { note: { contains: '' } }, 'ac'],
      ['several conditions', { owner: second, count: { gte: 10 } }, 'c'],
    ]
    it.each(cases)('for %s', async (_, where, ids) => {
      const { reader, anywhere } = given()
      const found = await reader.find(sampleView, organization, { where, limit: 10 })
      expect(found.map(({ id }) => id).join('')).toBe(ids)
      expect(await reader.count(sampleView, organization, where)).toBe(ids.length)
      const everywhere = await anywhere.findAnywhere(sampleView, {
        where: { ...where, organization_id: organization },
        limit: 10,
      })
      expect(everywhere.map(({ id }) => id).join('')).toBe(ids)
    })

    const orders: [keyof SampleRow, string, string][] = [
      ['id', 'abcd', 'dcba'],
      ['name', 'acbd', 'dbca'],
      ['note', 'acbd', 'cabd'],
      ['at', 'abcd', 'dcba'],
      ['count', 'abcd', 'cdba'],
      ['amount', 'cabd', 'dbac'],
      ['rate', 'dacb', 'bcad'],
      ['active', 'abcd', 'bcda'],
    ]
    it.each(orders)('sorts by %s; ties go by id, rows without a value last', async (column, ascending, descending) => {
      const { reader } = given()
      for (const [direction, ids] of [
        ['asc', ascending],
        ['desc', descending],
      ] as const) {
        const found = await reader.find(sampleView, organization, { orderBy: { column, direction }, limit: 10 })
        expect(found.map(({ id }) => id).join('')).toBe(ids)
      }
    })

    it('gives a page', async () => {
      const { reader } = given()
      const page = await reader.find(sampleView, organization, {
        orderBy: { column: 'name', direction: 'asc' },
        skip: 1,
        limit: 2,
      })
      expect(page.map(({ id }) => id)).toEqual(['c', 'b'])
      expect(await reader.find(sampleView, organization, { skip: 4, limit: 2 })).toEqual([])
      expect(await reader.find(sampleView, organization, { limit: 0 })).toEqual([])
    })

    it('by an undefined, by JSON or by an unknown column is a bug', async () => {
      const { reader } = given()
      const find = (where: unknown): Promise<unknown> =>
        reader.find(sampleView, organization, { where: where as Where<SampleRow>, limit: 1 })
      await expect(find({ name: undefined })).rejects.toThrow('undefined')
      await expect(find({ detail: 'x' })).rejects.toThrow('JSON')
      await expect(find({ nobody: 'x' })).rejects.toThrow('no column nobody')
      await expect(find({ count: { contains: '1' } })).rejects.toThrow('part of its text')
      await expect(find({ count: { gt: 'many' } })).rejects.toThrow('cannot be compared')
    })
  })
}
