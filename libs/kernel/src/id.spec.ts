import fc from 'fast-check'
import { v5 } from 'uuid'
import { derivedId } from './id'

const NAMESPACE = '6b1f3f3e-6a44-5d5e-9a0b-3f1f5a0c7d21'
const part = fc.oneof(fc.string({ unit: 'binary' }), fc.integer())

describe('a derived id', () => {
  it('is the UUID v5 of its parts in one namespace', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 4 }), (parts) => {
        expect(derivedId(...parts)).toBe(v5(JSON.stringify(parts), NAMESPACE))
      }),
      { numRuns: 1_000 },
    )
  })

  it('is the same for ever', () => {
    expect(derivedId('event', 'a command', 0)).toBe('a9d0528d-3880-5d7a-acf1-9a5f0b7729b8')
  })
})
