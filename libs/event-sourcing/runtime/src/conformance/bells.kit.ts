import type { Bells } from '../ports/bells.port'

const PATIENCE_MS = 10_000

/** Bells of two processes; memory has one process, so both are the same. */
export interface BellsUnderTest {
  readonly here: Bells
  readonly elsewhere: Bells
  close(): Promise<void>
}

/** Holds every adapter of Bells equal. */
export function bellsConformance(name: string, make: () => Promise<BellsUnderTest>): void {
  describe(`${name}: bells`, () => {
    let bells: BellsUnderTest
    beforeAll(async () => {
      bells = await make()
    })
    afterAll(() => bells.close())

    it('are heard at once where they are rung, by everyone who listens', () => {
      const heard: string[] = []
      const stops = [
        bells.here.listen('a', () => heard.push('first')),
        bells.here.listen('a', () => heard.push('second')),
        bells.here.listen('b', () => heard.push('other')),
      ]
      bells.here.ring('a')
      expect(heard).toEqual(['first', 'second'])
      stops.forEach((stop) => stop())
    })

    it('are heard in other processes', async () => {
      let heard = 0
      const stop = bells.elsewhere.listen('far', () => (heard += 1))
      const until = performance.now() + PATIENCE_MS
      // A ring may be lost while the other process begins to listen.
      while (heard === 0 && performance.now() < until) {
        bells.here.ring('far')
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      expect(heard).toBeGreaterThan(0)
      stop()
    })

    it('are heard once per ring where they are rung', async () => {
      let [heard, echo] = [0, 0]
      const stops = [bells.here.listen('once', () => (heard += 1)), bells.elsewhere.listen('echo', () => (echo += 1))]
      bells.here.ring('once')
      const until = performance.now() + PATIENCE_MS
      while (echo === 0 && performance.now() < until) {
        bells.here.ring('echo')
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      expect(heard).toBe(1)
      stops.forEach((stop) => stop())
    })

    it('are not heard any more by those who have stopped listening', () => {
      let heard = 0
      bells.here.listen('gone', () => (heard += 1))()
      bells.here.ring('gone')
      expect(heard).toBe(0)
    })
  })
}
