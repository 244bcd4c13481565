import { Type } from '@sinclair/typebox'
import { defineEvent, EventRegistry } from './event-definition'
import { recorded } from './testing'

const Moved = defineEvent(
  'Moved',
  Type.Object({ city: Type.String(), country: Type.Union([Type.String(), Type.Null()]), by: Type.String() }),
  {
    version: 3,
    upcasters: {
      1: ({ town, ...rest }) => ({ ...rest, city: town, country: null }),
      2: (data) => ({ ...data, by: 'unknown' }),
    },
  },
)
const registry = new EventRegistry([Moved])
const stored = (data: unknown, schemaVersion: number) => ({ ...recorded({ type: 'Moved', data }), schemaVersion })

describe('a stored event', () => {
  it('of an old version is lifted step by step', () =>
    expect(registry.upcast(stored({ town: 'Graz' }, 1))).toMatchObject({
      schemaVersion: 3,
      data: { city: 'Graz', country: null, by: 'unknown' },
    }))
  it('of the present version is left alone', () => {
    const event = stored({ city: 'Graz', country: 'AT', by: 'foot' }, 3)
    expect(registry.upcast(event)).toBe(event)
  })
  it('of a newer version is not read', () => expect(() => registry.upcast(stored({}, 4))).toThrow('newer'))
  it('of a type that nobody declared is left alone', () => {
    const event = recorded({ type: 'Vanished', data: {} })
    expect(registry.upcast(event)).toBe(event)
  })
})

describe('a registry', () => {
  it('takes each type once', () => expect(() => new EventRegistry([Moved, Moved])).toThrow('twice'))
})
