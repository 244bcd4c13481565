import { timeOrderedId } from '@billstream/kernel'
import { sampleView, sampleRow, started, writes, type Given, type SampleRow } from './views.kit-support'

export function writing(given: Given): void {
  describe('a projection', () => {
    it('has no checkpoint before it has run, and none at another version', async () => {
      const { writer } = given()
      const projection = { name: timeOrderedId(), version: 1 }
      expect(await writer.checkpoint(projection)).toBeUndefined()
      await writer.reset(projection, sampleView)
      expect(await writer.checkpoint(projection)).toBe(0n)
      expect(await writer.checkpoint({ ...projection, version: 2 })).toBeUndefined()
    })

    it('commits rows and checkpoint together', async () => {
      const { writer } = given()
      const projection = await started(writer)
      const [kept, removed] = [sampleRow(), sampleRow()]
      expect(await writer.commit(projection, { from: 0n, to: 5n }, writes([kept, removed]))).toBe(true)
      const changed = { ...kept, name: 'changed', note: null }
      expect(await writer.commit(projection, { from: 5n, to: 7n }, writes([changed], [removed.id]))).toBe(true)
      expect(await writer.checkpoint(projection)).toBe(7n)
      expect(await writer.load(sampleView, [kept.id, removed.id, 'none'])).toEqual([changed])
    })

    it('that is stale changes nothing', async () => {
      const { writer, another } = given()
      const projection = await started(writer)
      const other = another?.writer ?? writer
      const row = sampleRow()
      expect(await other.checkpoint(projection)).toBe(0n)
      expect(await other.commit(projection, { from: 0n, to: 5n }, writes([row]))).toBe(true)
      expect(await writer.commit(projection, { from: 0n, to: 6n }, writes([{ ...row, name: 'stale' }]))).toBe(false)
      expect(await writer.commit(projection, { from: 4n, to: 6n }, writes([], [row.id]))).toBe(false)
      expect(await writer.commit({ ...projection, version: 2 }, { from: 5n, to: 6n }, writes([], [row.id]))).toBe(false)
      expect(await writer.commit(projection, { from: 3n, to: 6n }, writes([]))).toBe(false)
      expect(await writer.load(sampleView, [row.id])).toEqual([row])
      expect(await writer.checkpoint(projection)).toBe(5n)
    })

    it('of which two hold the same place: one of them wins', async () => {
      const { writer, another } = given()
      const projection = await started(writer)
      const id = timeOrderedId()
      await another?.writer.checkpoint(projection)
      const results = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          (index % 2 ? writer : (another?.writer ?? writer)).commit(
            projection,
            { from: 0n, to: BigInt(index + 1) },
            writes([sampleRow({ id, count: index + 1 })]),
          ),
        ),
      )
      expect(results.filter((won) => won)).toHaveLength(1)
      const [row] = await writer.load(sampleView, [id])
      expect(await writer.checkpoint(projection)).toBe(BigInt(row?.count ?? 0))
    })

    it('passes over events that change no row, and goes on from there', async () => {
      const { writer, progress } = given()
      const projection = await started(writer)
      const row = sampleRow()
      expect(await writer.commit(projection, { from: 0n, to: 3n }, writes([]))).toBe(true)
      expect(await writer.commit(projection, { from: 3n, to: 4n }, writes([]))).toBe(true)
      expect(await progress.reached([projection.name], 4n, 1_000)).toBe(true)
      expect(await writer.commit(projection, { from: 4n, to: 9n }, writes([row]))).toBe(true)
      expect(await writer.commit(projection, { from: 9n, to: 11n }, writes([]))).toBe(true)
      expect(await writer.load(sampleView, [row.id])).toEqual([row])
      expect(await progress.reached([projection.name], 11n, 1_000)).toBe(true)
    })

    it('begins anew after a reset, with no rows', async () => {
      const { writer } = given()
      const projection = await started(writer)
      const row = sampleRow()
      await writer.commit(projection, { from: 0n, to: 5n }, writes([row]))
      await writer.reset({ ...projection, version: 2 }, sampleView)
      expect(await writer.checkpoint({ ...projection, version: 2 })).toBe(0n)
      expect(await writer.checkpoint(projection)).toBeUndefined()
      expect(await writer.load(sampleView, [row.id])).toEqual([])
    })

    it('is started once, so one that began late empties nothing', async () => {
      const { writer } = given()
      const projection = { name: timeOrderedId(), version: 1 }
      expect(await writer.start(projection, sampleView)).toBe(true)
      const row = sampleRow()
      expect(await writer.commit(projection, { from: 0n, to: 5n }, writes([row]))).toBe(true)
      expect(await writer.start(projection, sampleView)).toBe(false)
      expect(await writer.checkpoint(projection)).toBe(5n)
      expect(await writer.load(sampleView, [row.id])).toEqual([row])
      expect(await writer.commit(projection, { from: 5n, to: 6n }, writes([]))).toBe(true)
      expect(await writer.start({ ...projection, version: 2 }, sampleView)).toBe(true)
      expect(await writer.load(sampleView, [row.id])).toEqual([])
    })

    it('may write many rows at once', async () => {
      const { writer, reader } = given()
      const organization = timeOrderedId()
      const rows = Array.from({ length: 2_000 }, () => sampleRow({ organization_id: organization }))
      expect(await writer.commit(await started(writer), { from: 0n, to: 1n }, writes(rows))).toBe(true)
      expect(await reader.count(sampleView, organization)).toBe(2_000)
    })

    it('with a value that its column cannot hold is a bug that names the column', async () => {
      const { writer } = given()
      const projection = await started(writer)
      const commit = (row: Partial<Record<keyof SampleRow, unknown>>): Promise<boolean> =>
        writer.commit(projection, { from: 0n, to: 1n }, writes([{ ...sampleRow(), ...row } as SampleRow]))
      await expect(commit({ owner: 'nobody' })).rejects.toThrow('sample.owner')
      await expect(commit({ at: 'yesterday' })).rejects.toThrow('sample.at')
      await expect(commit({ amount: '1.5' })).rejects.toThrow('sample.amount')
      await expect(commit({ rate: '1e9' })).rejects.toThrow('sample.rate')
      await expect(commit({ name: null })).rejects.toThrow('sample.name')
      await expect(commit({ organization_id: undefined })).rejects.toThrow('sample.organization_id')
    })
  })
}
