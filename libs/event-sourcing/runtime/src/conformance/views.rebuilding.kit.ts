import type { Projection } from '@billstream/event-sourcing-core'
import { timeOrderedId } from '@billstream/kernel'
import { besideOf } from '../projections/projection-rebuild'
import { sampleRow, sampleView, type Given, type SampleRow } from './views.kit-support'

/** A projection with a view of its own, empty and at 0. */
async function provided(given: Given): Promise<{ live: Projection; beside: Projection }> {
  const { rebuilds, writer } = given()
  const name = `rebuilt_${timeOrderedId().replaceAll('-', '').slice(-20)}`
  const live: Projection = { name, version: 3, view: { ...sampleView, name }, on: {} }
  await rebuilds.provide(live.view)
  await writer.reset(live, live.view)
  return { live, beside: besideOf(live) }
}

const rowsOf = ({ view }: Projection, rows: SampleRow[]) => ({ view, upserts: rows, removals: [] })
const idOf = (index: number) => `row-${String(index).padStart(5, '0')}`

export function rebuilding(given: Given): void {
  /** Both at 5: the live view with a row named `old`, the one beside with the same row named `new`. */
  async function bothBuilt() {
    const { rebuilds, writer } = given()
    const { live, beside } = await provided(given)
    const row = sampleRow({ name: 'old' })
    await writer.commit(live, { from: 0n, to: 5n }, rowsOf(live, [row]))
    await rebuilds.provide(beside.view)
    await writer.reset(beside, beside.view)
    await writer.commit(beside, { from: 0n, to: 5n }, rowsOf(beside, [{ ...row, name: 'new' }]))
    const shown = async () => {
      const rows = (await given().reader.getMany(live.view, row.organization_id, [row.id])) as SampleRow[]
      return rows.map(({ name }) => name)
    }
    return { live, beside, row, shown }
  }
  const yes = () => Promise.resolve(true)

  describe('a view that is built beside another', () => {
    it('is there with its rows until it is discarded, and is nothing to those who read', async () => {
      const { rebuilds, writer } = given()
      const { beside, row, shown } = await bothBuilt()
      await rebuilds.provide(beside.view)
      expect(await writer.load(beside.view, [row.id])).toMatchObject([{ name: 'new' }])
      expect(await rebuilds.standing(beside)).toBe(5n)
      expect(await shown()).toEqual(['old'])
      await rebuilds.discard(beside)
      expect(await rebuilds.standing(beside)).toBeUndefined()
      await rebuilds.discard(beside)
      await rebuilds.provide(beside.view)
      expect(await writer.load(beside.view, [row.id])).toEqual([])
    })

    it('takes its place, and who had read the old rows is stale', async () => {
      const { rebuilds, writer, another } = given()
      const { live, beside, row, shown } = await bothBuilt()
      const asked: bigint[] = []
      const catchUp = (to: bigint) => (asked.push(to), Promise.resolve(true))
      expect(await rebuilds.replace(live, beside, catchUp)).toBe(true)
      expect(asked).toEqual([5n])
      expect(await shown()).toEqual(['new'])
      const move = { from: 5n, to: 6n }
      expect(await writer.commit(live, move, rowsOf(live, [{ ...row, name: 'stale' }]))).toBe(false)
      expect(await shown()).toEqual(['new'])
      const next = another?.writer ?? writer
      expect(await next.checkpoint(live)).toBe(5n)
      expect(await next.commit(live, move, rowsOf(live, [{ ...row, name: 'newer' }]))).toBe(true)
      expect(await shown()).toEqual(['newer'])
      expect(await rebuilds.standing(beside)).toBeUndefined()
      expect(await given().progress.reached([live.name], 6n, 1_000)).toBe(true)
    })

    it('may be brought to where the other stands while nobody writes there', async () => {
      const { rebuilds, writer, another } = given()
      const { live, beside, row, shown } = await bothBuilt()
      await writer.commit(live, { from: 5n, to: 8n }, rowsOf(live, [{ ...row, name: 'old at 8' }]))
      await another?.writer.checkpoint(live)
      let written: Promise<boolean> | undefined
      const replaced = await rebuilds.replace(live, beside, async (to) => {
        written = (another?.writer ?? writer).commit(live, { from: 8n, to: 9n }, rowsOf(live, [row]))
        return writer.commit(beside, { from: 5n, to }, rowsOf(beside, [{ ...row, name: 'new at 8' }]))
      })
      expect(replaced).toBe(true)
      expect(await written).toBe(false)
      expect(await shown()).toEqual(['new at 8'])
    })

    it('does not while it is not where the other stands', async () => {
      const { rebuilds, writer } = given()
      const { live, beside, row, shown } = await bothBuilt()
      expect(await rebuilds.replace(live, beside, () => Promise.resolve(false))).toBe(false)
      await writer.commit(live, { from: 5n, to: 8n }, rowsOf(live, [{ ...row, name: 'old at 8' }]))
      expect(await rebuilds.replace(live, beside, yes)).toBe(false)
      expect(await rebuilds.replace({ ...live, version: 4 }, { ...beside, version: 4 }, yes)).toBe(false)
      await expect(rebuilds.replace(live, beside, () => Promise.reject(new Error('broken off')))).rejects.toThrow()
      expect(await shown()).toEqual(['old at 8'])
      expect(await writer.commit(live, { from: 8n, to: 9n }, rowsOf(live, []))).toBe(true)
    })
  })

  describe('a view that is frozen', () => {
    it('is read as it was, in the order of its ids, while it goes on', async () => {
      const { rebuilds, writer } = given()
      const { live } = await provided(given)
      const rows = Array.from({ length: 2_500 }, (_, index) => sampleRow({ id: idOf(index), name: 'first' }))
      await writer.commit(live, { from: 0n, to: 5n }, rowsOf(live, [...rows].reverse()))
      const seen = await rebuilds.frozen(live, async ({ position, rows: frozenRows }) => {
        const second = [sampleRow({ id: idOf(1), name: 'second' }), sampleRow({ id: idOf(9_999) })]
        expect(await writer.commit(live, { from: 5n, to: 6n }, rowsOf(live, second))).toBe(true)
        const read: SampleRow[] = []
        for await (const row of frozenRows()) read.push(row as SampleRow)
        return { position, read }
      })
      expect(seen?.position).toBe(5n)
      expect(seen?.read).toEqual(rows)
      expect(await rebuilds.standing(live)).toBe(6n)
    })

    it('is nothing where its projection has not run', async () => {
      const { live } = await provided(given)
      expect(await given().rebuilds.frozen({ ...live, version: 4 }, yes)).toBeUndefined()
    })
  })
}
