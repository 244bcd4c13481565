import { derivedId } from '@billstream/kernel'
import type { KeyUses } from '../ports/key-uses.port'

/** Holds every adapter of KeyUses equal. */
export function keyUsesConformance(name: string, make: () => KeyUses | Promise<KeyUses>): void {
  describe(`${name}: last uses of keys`, () => {
    const [organizationId, another] = [derivedId('organization'), derivedId('another')]
    let run = 0
    let key: string
    let uses: KeyUses
    beforeEach(async () => {
      key = derivedId('key', name, (run += 1))
      uses = await make()
    })
    const used = (usedAt: string) => ({ organizationId, keyId: key, usedAt })
    const last = async (of = organizationId) => [...(await uses.lastUses(of, [key]))].map(([, at]) => Date.parse(at))

    it('are unknown before the first', async () => expect(await last()).toEqual([]))
    it('are the latest of what was recorded, in any order', async () => {
      await uses.record([used('2026-01-02T00:00:00.000Z'), used('2026-01-01T00:00:00.000Z')])
      await uses.record([used('2026-01-01T12:00:00.000Z')])
      expect(await last()).toEqual([Date.parse('2026-01-02T00:00:00.000Z')])
    })
    it('belong to one organization', async () => {
      await uses.record([used('2026-01-02T00:00:00.000Z')])
      expect(await last(another)).toEqual([])
    })
  })
}
