import type { Checkpoints } from '../ports/checkpoints.port'

/** Holds every adapter of Checkpoints equal. */
export function checkpointsConformance(name: string, make: () => Checkpoints | Promise<Checkpoints>): void {
  describe(`${name}: checkpoints of consumers`, () => {
    let run = 0
    let consumer: string
    let checkpoints: Checkpoints
    beforeEach(async () => {
      consumer = `${name}-${(run += 1)}`
      checkpoints = await make()
    })

    it('begin at 0', async () => expect(await checkpoints.load(consumer)).toBe(0n))
    it('are kept, beyond what a double can hold', async () => {
      await checkpoints.save(new Map([[consumer, 9_007_199_254_740_993n]]))
      expect(await checkpoints.load(consumer)).toBe(9_007_199_254_740_993n)
    })
    it('never go back', async () => {
      await checkpoints.save(new Map([[consumer, 7n]]))
      await checkpoints.save(new Map([[consumer, 5n]]))
      expect(await checkpoints.load(consumer)).toBe(7n)
    })
    it('are kept apart', async () => {
      await checkpoints.save(
        new Map([
          [consumer, 7n],
          [`${consumer}-other`, 3n],
        ]),
      )
      expect(await checkpoints.load(`${consumer}-other`)).toBe(3n)
    })
  })
}
