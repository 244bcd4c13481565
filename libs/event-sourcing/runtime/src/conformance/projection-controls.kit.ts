import type { ProjectionControls, ProjectionPause } from '../ports/projection-controls.port'
import type { ViewWriter } from '../ports/views.port'
import { at } from './kit-instants'
import { sampleView } from './views.kit-support'

export interface ProjectionControlsUnderTest {
  readonly controls: ProjectionControls
  /** Of the same views, in which `sampleView` exists. */
  readonly writer: ViewWriter
  readonly stop: () => Promise<void>
}

const pause = (projection: string, given: Partial<ProjectionPause> = {}): ProjectionPause => ({
  projection,
  by: 'ann',
  reason: 'A wrong tax rate is being mended.',
  at: at(0),
  ...given,
})

/** What every adapter of ProjectionControls must do together with the ViewWriter of the same views. `make` gives an empty one. */
export function projectionControlsConformance(name: string, make: () => Promise<ProjectionControlsUnderTest>): void {
  describe(`projection controls: ${name}`, () => {
    let under: ProjectionControlsUnderTest
    beforeAll(async () => {
      under = await make()
    })
    afterAll(() => under.stop())

    it('keeps the first pause until it ends', async () => {
      expect(await under.controls.pause(pause('b'))).toBe(true)
      expect(await under.controls.pause(pause('a'))).toBe(true)
      expect(await under.controls.pause(pause('b', { by: 'bob' }))).toBe(false)
      expect(await under.controls.pauses()).toEqual([pause('a'), pause('b')])
      expect([await under.controls.isPaused('b'), await under.controls.isPaused('c')]).toEqual([true, false])
      expect(await under.controls.resume('b')).toBe(true)
      expect(await under.controls.resume('b')).toBe(false)
      expect(await under.controls.pauses()).toEqual([pause('a')])
    })

    it('lets a paused projection change nothing', async () => {
      const projection = { name: 'paused', version: 1 }
      const writes = { view: sampleView, upserts: [], removals: ['x'] }
      await under.writer.reset(projection, sampleView)
      expect(await under.writer.commit(projection, { from: 0n, to: 1n }, writes)).toBe(true)
      await under.controls.pause(pause('paused'))
      expect(await under.writer.commit(projection, { from: 1n, to: 2n }, writes)).toBe(false)
      expect(await under.writer.checkpoint(projection)).toBe(1n)
      await under.controls.resume('paused')
      expect(await under.writer.commit(projection, { from: 1n, to: 2n }, writes)).toBe(true)
    })

    it('keeps the last failure of each projection', async () => {
      await under.controls.failed({ projection: 'b', error: 'one', at: at(0) })
      await under.controls.failed({ projection: 'a', error: 'two', at: at(1) })
      await under.controls.failed({ projection: 'b', error: 'three \0', at: at(2) })
      const [a, b] = await under.controls.failures()
      expect(a).toEqual({ projection: 'a', error: 'two', at: at(1) })
      expect(b).toMatchObject({ projection: 'b', at: at(2) })
      expect(b?.error).toContain('three')
    })
  })
}
