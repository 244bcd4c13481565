import type { PersonKeys, Secrets } from '../ports/secrets.port'
import { together } from './kit-instants'

const one = 'organization-1'
const other = 'organization-2'

/** What every adapter of Secrets must do. `make` gives an empty one. */
export function secretsConformance(name: string, make: () => Promise<Secrets>): void {
  describe(`secrets: ${name}`, () => {
    let secrets: Secrets
    beforeEach(async () => {
      secrets = await make()
    })

    it('gives back what was put, the last one', async () => {
      expect(await secrets.get(one, 'hmac')).toBeUndefined()
      await secrets.put(one, 'hmac', 'whsec_first')
      await secrets.put(one, 'hmac', 'whsec_Ünïcode 💳')
      expect(await secrets.get(one, 'hmac')).toBe('whsec_Ünïcode 💳')
      await secrets.put(one, 'empty', '')
      expect(await secrets.get(one, 'empty')).toBe('')
    })

    it('keeps organizations apart', async () => {
      await secrets.put(one, 'hmac', 'first')
      await secrets.put(other, 'hmac', 'second')
      await secrets.remove(other, 'hmac')
      expect(await secrets.get(one, 'hmac')).toBe('first')
      expect(await secrets.get(other, 'hmac')).toBeUndefined()
    })

    it('forgets what is removed', async () => {
      await secrets.put(one, 'hmac', 'first')
      await secrets.remove(one, 'hmac')
      await secrets.remove(one, 'hmac')
      expect(await secrets.get(one, 'hmac')).toBeUndefined()
    })
  })
}

/** What every adapter of PersonKeys must do. `make` gives an empty one. */
export function personKeysConformance(name: string, make: () => Promise<PersonKeys>): void {
  describe(`keys of persons: ${name}`, () => {
    let keys: PersonKeys
    beforeEach(async () => {
      keys = await make()
    })

    it('makes a key of 32 bytes once', async () => {
      const key = await keys.ensure(one, 'customer-1')
      expect(key).toHaveLength(32)
      expect(await keys.ensure(one, 'customer-1')).toEqual(key)
      expect(await keys.find(one, ['customer-1', 'customer-2'])).toEqual(new Map([['customer-1', key]]))
    })

    it('makes one key when many ask at once', async () => {
      const made = await together(10, () => keys.ensure(one, 'customer-1'))
      expect(new Set(made.map((key) => key?.toString('hex')))).toHaveProperty('size', 1)
    })

    it('makes another key for another person and another organization', async () => {
      const made = [
        await keys.ensure(one, 'customer-1'),
        await keys.ensure(one, 'customer-2'),
        await keys.ensure(other, 'customer-1'),
      ]
      expect(new Set(made.map((key) => key?.toString('hex')))).toHaveProperty('size', 3)
      expect([...(await keys.find(one, ['customer-2', 'customer-1'])).keys()].sort()).toEqual([
        'customer-1',
        'customer-2',
      ])
    })

    it('never makes one again for a person who was erased', async () => {
      await keys.ensure(one, 'customer-1')
      const kept = await keys.ensure(other, 'customer-1')
      await keys.erase(one, 'customer-1')
      await keys.erase(one, 'customer-1')
      expect(await keys.ensure(one, 'customer-1')).toBeUndefined()
      expect(await keys.find(one, ['customer-1'])).toEqual(new Map())
      expect(await keys.ensure(other, 'customer-1')).toEqual(kept)
    })

    it('never makes one for a person who was erased before there was a key', async () => {
      await keys.erase(one, 'customer-1')
      expect(await keys.ensure(one, 'customer-1')).toBeUndefined()
    })
  })
}
