import { MESSAGE_BYTES_MAX, topics } from '@billstream/messaging'
import { MessageSeal, SEALED_BYTES_MAX } from './message-seal'

const SECRET = 'the secret of the server of this spec'
const identity = { topic: topics.commands('accounts'), requestId: 'asked' }
const body = { type: 'ChangeOrganization', data: { hmacKey: 'whsec_of Ann, 100 €' } }

describe('a sealed body', () => {
  const seal = new MessageSeal(SECRET)
  const sealed = seal.seal(body, identity)
  const refusal = /SERVER_SECRET/

  it('is opened by every process with the same secret', () => {
    expect(new MessageSeal(SECRET).open(sealed, identity)).toEqual(body)
    expect(seal.open(sealed, identity)).toEqual(body)
  })

  it('shows nothing of it', () => expect(sealed.toString('latin1')).not.toMatch(/whsec|hmacKey|Ann/))

  it('differs each time, whoever seals', () => {
    const all = [sealed, seal.seal(body, identity), new MessageSeal(SECRET).seal(body, identity)]
    expect(new Set(all.map((each) => each.toString('hex'))).size).toBe(all.length)
  })

  it.each([
    ['topic', { ...identity, topic: topics.queries('accounts') }],
    ['request', { ...identity, requestId: 'another' }],
    ['request that has no id', { ...identity, requestId: undefined }],
  ])('is not opened in another %s', (_, other) => expect(() => seal.open(sealed, other)).toThrow(refusal))

  it('is not opened under another secret', () =>
    expect(() => new MessageSeal(`${SECRET}.`).open(sealed, identity)).toThrow(refusal))

  it('is not opened when any byte of it was changed', () => {
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed)
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at)
      expect(() => seal.open(changed, identity)).toThrow(TypeError)
    }
  })

  it.each([null, Buffer.alloc(0), Buffer.from([1]), Buffer.from(JSON.stringify(body))])(
    'is not what came without a seal (%#)',
    (foreign) => expect(() => seal.open(foreign, identity)).toThrow('It is not sealed.'),
  )

  it('of the greatest message has the greatest size', () => {
    const quotes = 2
    expect(seal.seal('x'.repeat(MESSAGE_BYTES_MAX - quotes), identity)).toHaveLength(SEALED_BYTES_MAX)
  })
})
