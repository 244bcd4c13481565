import { timeOrderedId } from '@billstream/kernel'
import { sampleView, sampleRow, write, type Given } from './views.kit-support'

export function reading(given: Given): void {
  describe('a row', () => {
    it('comes back in one form, whatever form it was written in', async () => {
      const { reader } = given()
      const detail = { z: '1', a: [{ b: null, text: 'a\u0000b' }], '': '' }
      const row = sampleRow({
        name: 'Zoë 👩‍👩‍👧 "q" \\ \n a\u0000b \ud83d',
        owner: '0190A1B2-0000-7000-8000-00000000ABCD',
        at: '2026-01-31T12:00:00Z',
        until: '2026-01-31T12:00:00.123456Z',
        count: -0,
        size: 9_007_199_254_740_991,
        amount: '-000000000000000012',
        due: '999999999999999999',
        rate: '1.500000000000',
        share: '-0.000000000001',
        detail,
        extra: [],
      })
      await write(given(), [row])
      expect(await reader.get(sampleView, row.organization_id, row.id)).toEqual({
        ...row,
        name: 'Zoë 👩‍👩‍👧 "q" \\ \n a\ufffdb \ufffd',
        owner: '0190a1b2-0000-7000-8000-00000000abcd',
        at: '2026-01-31T12:00:00.000Z',
        count: 0,
        amount: '-12',
        rate: '1.5',
        detail: { ...detail, a: [{ b: null, text: 'a\ufffdb' }] },
      })
    })

    it('keeps the order of the members of its JSON', async () => {
      const { reader } = given()
      const row = sampleRow({ detail: { z: 1, a: 2, m: { y: 1, b: 2 } } })
      await write(given(), [row])
      const read = await reader.get(sampleView, row.organization_id, row.id)
      expect(JSON.stringify(read?.detail)).toBe(JSON.stringify(row.detail))
    })

    it('may be without every value that may be missing', async () => {
      const { reader } = given()
      const nothing = {
        note: null,
        parent: null,
        until: null,
        size: null,
        due: null,
        share: null,
        hidden: null,
        extra: null,
      }
      const row = sampleRow(nothing)
      await write(given(), [row])
      expect(await reader.get(sampleView, row.organization_id, row.id)).toEqual(row)
    })

    it('that was read belongs to the reader', async () => {
      const { reader } = given()
      const row = sampleRow({ detail: { list: ['a'] } })
      await write(given(), [row])
      const read = (await reader.get(sampleView, row.organization_id, row.id)) as { detail: { list: string[] } }
      read.detail.list.push('b')
      expect(await reader.get(sampleView, row.organization_id, row.id)).toEqual(row)
    })
  })
}

export function separating(given: Given): void {
  describe('a reader of an organization', () => {
    it('sees only its rows', async () => {
      const { reader, anywhere } = given()
      const [own, other] = [sampleRow(), sampleRow()]
      await write(given(), [own, other])
      expect(await reader.get(sampleView, own.organization_id, own.id)).toEqual(own)
      expect(await reader.get(sampleView, own.organization_id, other.id)).toBeUndefined()
      expect(await reader.getMany(sampleView, own.organization_id, [own.id, other.id])).toEqual([own])
      const where = { id: { in: [own.id, other.id] } }
      expect(await reader.find(sampleView, own.organization_id, { where, limit: 5 })).toEqual([own])
      expect(await reader.count(sampleView, own.organization_id, where)).toBe(1)
      expect(await anywhere.getAnywhere(sampleView, other.id)).toEqual(other)
      expect(await anywhere.countAnywhere(sampleView, where)).toBe(2)
    })

    it('sees nothing for an organization that is none', async () => {
      const { reader } = given()
      const row = sampleRow()
      await write(given(), [row])
      for (const organization of ['', 'garbage', `' or true --`, '\u0000']) {
        expect(await reader.get(sampleView, organization, row.id)).toBeUndefined()
        expect(await reader.count(sampleView, organization)).toBe(0)
      }
    })

    it('that several ask for at once belongs to each of them', async () => {
      const { reader } = given()
      const row = sampleRow({ detail: { list: ['a'] } })
      await write(given(), [row])
      const ask = () => reader.get(sampleView, row.organization_id, row.id)
      const [first, second] = await Promise.all([ask(), ask()])
      ;(first as { detail: { list: string[] } }).detail.list.push('b')
      expect(second).toEqual(row)
    })
  })

  describe('rows that are asked for at once', () => {
    const columns = [
      'name',
      'owner',
      'at',
      'until',
      'count',
      'size',
      'amount',
      'due',
      'rate',
      'share',
      'active',
    ] as const
    const rowsOfOne = () => {
      const organization_id = timeOrderedId()
      const rows = [1, 2, 3].map((n) =>
        sampleRow({
          ...{
            organization_id,
            name: `name ${n} "q"`,
            at: `2026-01-0${n}T00:00:00.000Z`,
            until: `2026-02-0${n}T00:00:00.00000${n}Z`,
          },
          ...{ count: n, size: -n, amount: `-${n}`, due: `${n}`, rate: `0.${n}`, share: `-${n}`, active: n === 2 },
        }),
      )
      return { organization_id, rows }
    }

    it.each(columns)('by their %s are each its own', async (column) => {
      const { reader } = given()
      const { organization_id, rows } = rowsOfOne()
      await write(given(), rows)
      const ask = (value: unknown) => reader.find(sampleView, organization_id, { where: { [column]: value }, limit: 9 })
      const found = await Promise.all(rows.map((row) => ask(row[column])))
      expect(found).toEqual(rows.map((row) => rows.filter((each) => each[column] === row[column])))
    })

    it('come in the order and the number that each asked for', async () => {
      const { reader } = given()
      const { organization_id, rows } = rowsOfOne()
      await write(given(), rows)
      const ask = (active: boolean, skip: number, limit: number) =>
        reader.find(sampleView, organization_id, {
          ...{ where: { active }, orderBy: { column: 'at', direction: 'desc' }, skip, limit },
        })
      const [first, second, third] = rows
      expect(await Promise.all([ask(false, 0, 9), ask(true, 0, 9), ask(false, 1, 9), ask(false, 0, 1)])).toEqual([
        [third, first],
        [second],
        [first],
        [third],
      ])
    })

    it('are of the organization that each asked for', async () => {
      const { reader } = given()
      const [own, other] = [sampleRow(), sampleRow()]
      await write(given(), [own, other])
      const asks = [own, other].flatMap(({ organization_id }) =>
        [own, other].map(({ id }) => reader.get(sampleView, organization_id, id)),
      )
      expect(await Promise.all(asks)).toEqual([own, undefined, undefined, other])
    })
  })
}
