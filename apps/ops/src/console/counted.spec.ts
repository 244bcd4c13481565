import { counted, namesWithVerb, verbOf } from './counted'

describe('a number in a sentence', () => {
  it('has its noun in the singular for one, whatever kind of number it is', () => {
    expect([1, 1n, '1'].map((one) => counted(one, 'event'))).toEqual(['1 event', '1 event', '1 event'])
  })

  it('has its noun in the plural for none and several', () => {
    expect([0, 2, 21n, '1.5'].map((many) => counted(many, 'event'))).toEqual([
      ...['0 events', '2 events', '21 events', '1.5 events'],
    ])
    expect(counted(2, 'delivery', 'deliveries')).toBe('2 deliveries')
  })

  it('has the verb that belongs to it', () => {
    expect([0, 1, 2].map((count) => verbOf(count, 'was', 'were'))).toEqual(['were', 'was', 'were'])
  })
})

describe('names in a sentence', () => {
  it('have the verb of their number', () => {
    const said = (...names: string[]) => namesWithVerb(names, 'is', 'are')
    expect(said('a')).toBe('a is')
    expect(said('a', 'b')).toBe('a and b are')
    expect(said('a', 'b', 'c')).toBe('a, b and c are')
  })
})
