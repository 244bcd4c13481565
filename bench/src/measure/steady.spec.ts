import { isSteady, untilSteady } from './steady'

describe('a load', () => {
  it.each([
    ['has run too short to tell', [100, 100, 100, 100, 100], false],
    ['grows', [100, 110, 120, 130, 140, 150], false],
    ['has grown and stands still', [50, 100, 100, 100, 101, 100, 99], true],
    ['varies', [100, 120, 90, 110, 95, 105], true],
    ['becomes slower', [100, 100, 100, 90, 80, 70], true],
  ])('that %s', (_, rates, steady) => expect(isSteady(rates)).toBe(steady))

  it('runs until it is steady, and not for ever', async () => {
    const rates = [10, 20, 30, 40, 40, 40, 40, 40, 40]
    let turns = 0
    await untilSteady([() => Promise.resolve(rates[turns++] ?? 40)])
    expect(turns).toBe(9)
    let growing = 1
    await untilSteady([() => Promise.resolve((growing *= 2))], 10)
    expect(growing).toBe(2 ** 10)
  })

  it('takes turns with another until both are steady', async () => {
    const turns: string[] = []
    let growing = 1
    const atOnce = () => Promise.resolve(turns.push('A') && 1)
    const slowly = () => Promise.resolve(turns.push('B') && (growing = Math.min(growing * 2, 16)))
    await untilSteady([atOnce, slowly])
    expect(turns.join('')).toBe('AB'.repeat(9))
  })
})
