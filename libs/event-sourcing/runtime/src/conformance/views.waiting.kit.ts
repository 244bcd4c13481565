import { timeOrderedId } from '@billstream/kernel'
import { sampleRow, started, writes, type Given } from './views.kit-support'

export function waiting(given: Given): void {
  describe('who waits for a position', () => {
    it('is told when it is reached, here and in another program', async () => {
      const { writer, progress, another } = given()
      const projection = await started(writer)
      for (const each of [progress, ...(another ? [another.progress] : [])]) {
        const from = (await progress.positions()).get(projection.name) ?? 0n
        const waiting = each.reached([projection.name], from + 2n, 10_000)
        await writer.commit(projection, { from, to: from + 1n }, writes([sampleRow()]))
        await writer.commit(projection, { from: from + 1n, to: from + 2n }, writes([sampleRow()]))
        expect(await waiting).toBe(true)
        expect(await each.reached([projection.name], from + 1n, 0)).toBe(true)
      }
    })

    it('is told of events that change no row', async () => {
      const { writer, another, progress } = given()
      const projection = await started(writer)
      const waiting = (another?.progress ?? progress).reached([projection.name], 6n, 10_000)
      await writer.commit(projection, { from: 0n, to: 6n }, writes([]))
      expect(await waiting).toBe(true)
    })

    it('waits for all projections that it names', async () => {
      const { writer, progress } = given()
      const [first, second] = [await started(writer), await started(writer)]
      const names = [first.name, second.name]
      await writer.commit(first, { from: 0n, to: 3n }, writes([]))
      expect(await progress.reached(names, 3n, 20)).toBe(false)
      const waiting = progress.reached(names, 3n, 10_000)
      await writer.commit(second, { from: 0n, to: 4n }, writes([]))
      expect(await waiting).toBe(true)
      expect(await progress.reached([], 99n, 0)).toBe(true)
    })

    it('is told that it waits too long', async () => {
      const { progress } = given()
      expect(await progress.reached([timeOrderedId()], 1n, 20)).toBe(false)
    })

    it('can ask where each projection stands', async () => {
      const { writer, progress } = given()
      const projection = await started(writer)
      await writer.commit(projection, { from: 0n, to: 3n }, writes([sampleRow()]))
      await writer.commit(projection, { from: 3n, to: 8n }, writes([]))
      expect((await progress.positions()).get(projection.name)).toBe(8n)
    })
  })
}
