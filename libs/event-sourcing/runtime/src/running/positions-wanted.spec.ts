import { MemoryBells } from '../memory/bells.memory'
import { PositionsWanted, wantPositions } from './positions-wanted'

const fixed = { now: () => '2026-01-01T00:00:00.000Z' }

async function* counting(to: number, gate: Promise<void>): AsyncIterable<number> {
  for (let item = 1; item <= to; item += 1) yield item
  await gate
}

describe('a loop whose position is asked for', () => {
  it('gets its items in order, and hears of a ring while it waits for the next one', async () => {
    const bells = new MemoryBells()
    const wanted = new PositionsWanted(bells, fixed)
    let open: () => void = () => undefined
    const seen: (number | undefined)[] = []
    const looping = (async () => {
      for await (const item of wanted.between(counting(2, new Promise((resolve) => (open = resolve))))) seen.push(item)
    })()
    while (seen.length < 2) await new Promise((resolve) => setImmediate(resolve))
    expect(wanted.isNow()).toBe(false)
    wantPositions(bells)
    expect(wanted.isNow()).toBe(true)
    while (seen.length < 3) await new Promise((resolve) => setImmediate(resolve))
    open()
    await looping
    expect(seen).toEqual([1, 2, undefined])
  })

  it('can break off although no further item ever comes', async () => {
    const bells = new MemoryBells()
    const wanted = new PositionsWanted(bells, fixed)
    const never = counting(1, new Promise(() => undefined))
    for await (const item of wanted.between(never)) {
      if (item === undefined) break
      setImmediate(() => wantPositions(bells))
    }
    expect(wanted.isNow()).toBe(true)
    wanted.close()
  })

  it('hears nothing any more once it is closed', () => {
    const bells = new MemoryBells()
    const wanted = new PositionsWanted(bells, fixed)
    wanted.close()
    wantPositions(bells)
    expect(wanted.isNow()).toBe(false)
  })
})
