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
  })
}
