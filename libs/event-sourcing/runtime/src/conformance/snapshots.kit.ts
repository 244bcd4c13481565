import type { Snapshots } from '../ports/snapshots.port'

const snapshot = (revision: number, foldVersion = 1, stream = 'plan-1') => ({
  stream,
  foldVersion,
  revision,
  state: { revision, name: '\0 Ünïcode 💳', parts: [1, null, { deep: '12.50' }] },
})

/** What every adapter of Snapshots must do. `make` gives an empty one. */
export function snapshotsConformance(name: string, make: () => Promise<Snapshots>): void {
  describe(`snapshots: ${name}`, () => {
    let snapshots: Snapshots
    beforeEach(async () => {
      snapshots = await make()
    })

    it('gives back what was saved', async () => {
      expect(await snapshots.load('plan-1', 1)).toBeUndefined()
      await snapshots.save(snapshot(4))
      expect(await snapshots.load('plan-1', 1)).toEqual(snapshot(4))
    })

    it('replaces an older revision, never a newer one', async () => {
      await snapshots.save(snapshot(4))
      await snapshots.save(snapshot(9))
      await snapshots.save(snapshot(7))
      expect(await snapshots.load('plan-1', 1)).toEqual(snapshot(9))
    })

    it('keeps fold versions apart', async () => {
      await snapshots.save(snapshot(4))
      await snapshots.save(snapshot(2, 2))
      expect(await snapshots.load('plan-1', 1)).toEqual(snapshot(4))
      expect(await snapshots.load('plan-1', 2)).toEqual(snapshot(2, 2))
      expect(await snapshots.load('plan-1', 3)).toBeUndefined()
    })

    it('drops a stream in every fold version', async () => {
      await snapshots.save(snapshot(4))
      await snapshots.save(snapshot(4, 2))
      await snapshots.save(snapshot(4, 1, 'plan-2'))
      await snapshots.drop('plan-1')
      expect(await snapshots.load('plan-1', 1)).toBeUndefined()
      expect(await snapshots.load('plan-1', 2)).toBeUndefined()
      expect(await snapshots.load('plan-2', 1)).toEqual(snapshot(4, 1, 'plan-2'))
    })

    it('is not changed by what the caller does with the state', async () => {
      const saved = snapshot(4)
      await snapshots.save(saved)
      saved.state.parts.push(99)
      expect(await snapshots.load('plan-1', 1)).toEqual(snapshot(4))
    })
  })
}
