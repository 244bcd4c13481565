import { MemoryPersonKeys } from '../memory/secrets.memory'
import { CachedPersonKeys } from './cached-person-keys'

describe('a remembered key of a person', () => {
  it('is the one that was stored, and keeps no more memory than it has bytes', async () => {
    const stored = new MemoryPersonKeys()
    const cached = new CachedPersonKeys({
      ensure: async (...person) => pieceOfPool(await stored.ensure(...person)),
      find: (...persons) => stored.find(...persons),
      erase: (...person) => stored.erase(...person),
    })
    const key = await cached.ensure('acme', 'ann')
    expect(key).toEqual(await stored.ensure('acme', 'ann'))
    expect(key?.buffer.byteLength).toBe(key?.byteLength)
    expect((await cached.find('acme', ['ann'])).get('ann')).toBe(key)
  })
})

/** As what is decoded from text is. */
function pieceOfPool(key: Buffer | undefined): Buffer | undefined {
  if (!key) return undefined
  const piece = Buffer.from(key.toString('base64'), 'base64')
  expect(piece.buffer.byteLength).toBeGreaterThan(piece.byteLength)
  return piece
}
