import { watchedScan } from './watched-scan'

describe('a walk through the whole store', () => {
  it('shows how far it is on its way to the end', () => {
    const said: string[] = []
    const { begin } = watchedScan(new AbortController().signal, ({ unit, total }) => {
      said.push(`${total} ${unit}`)
      return {
        advance: (count) => void said.push(`+${count}`),
        total: (count) => void said.push(`total ${count}`),
        end: () => void said.push('end'),
      }
    })
    const walk = begin?.(30n)
    walk?.reached(10n)
    walk?.reached(25n)
    walk?.end()
    expect(said).toEqual(['30 positions of the store', '+10', '+15', 'end'])
  })
})
