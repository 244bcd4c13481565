import type { Goal } from './goal'
import { measureRounds } from './rounds'

describe('rounds', () => {
  it('let reference and value take turns, A B A B', async () => {
    const turns: string[] = []
    const measurement = {
      value: () => Promise.resolve(turns.push('B')),
      reference: () => Promise.resolve(turns.push('A')),
    }
    const rounds = await measureRounds({ goal: { ratioMin: 1 }, rounds: 2 }, measurement, () => undefined)
    expect(turns.join('')).toBe('ABABABAB')
    expect(rounds.map(({ value, reference }) => [value, reference])).toEqual([
      [3, 2],
      [7, 6],
    ])
  })

  it('measure a value alone once each', async () => {
    let measured = 0
    const value = () => Promise.resolve((measured += 1))
    const rounds = await measureRounds({ goal: {}, rounds: 3 }, { value }, () => undefined)
    expect(rounds.map((round) => [round.value, round.reference])).toEqual([
      [1, null],
      [2, null],
      [3, null],
    ])
  })

  it('are five at most where an absolute goal finds no quiet ones', async () => {
    expect(await roundsWith(() => 10)).toBe(5)
    expect(await roundsWith(() => 0)).toBe(3)
    expect(await roundsWith((round) => (round === 1 ? 10 : 0))).toBe(4)
  })

  it('are not repeated for a ratio, which is judged on a busy machine too', async () =>
    expect(await roundsWith(() => 10, { ratioMin: 1 })).toBe(3))
})

/** How many rounds of three wanted it takes, by the steal in percent of each. */
async function roundsWith(stealOf: (round: number) => number, goal: Goal = { max: 1 }): Promise<number> {
  let [looks, steal] = [0, 0]
  const ticks = () => {
    const round = Math.ceil(looks / 2)
    if (looks % 2 === 1) steal += stealOf(round)
    looks += 1
    return { steal, total: 100 * round }
  }
  const measurement = { value: () => Promise.resolve(1), reference: () => Promise.resolve(1) }
  return (await measureRounds({ goal, rounds: 3, ticks }, measurement, () => undefined)).length
}
