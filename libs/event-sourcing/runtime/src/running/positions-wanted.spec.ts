import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { MemoryBells } from '../memory/bells.memory'
import { PositionsWanted, wantPositions } from './positions-wanted'

/** The garbage collector, which a program is not given otherwise. */
function collector(): () => void {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
}

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

  it('hears of a ring while it works on an item', async () => {
    const bells = new MemoryBells()
    const wanted = new PositionsWanted(bells, fixed)
    const seen: (number | undefined)[] = []
    for await (const item of wanted.between(counting(2, new Promise(() => undefined)))) {
      if (seen.push(item) === 1) wantPositions(bells)
      if (seen.length === 3) break
    }
    expect(seen).toEqual([1, undefined, 2])
  })

  it('keeps none of the items that it has given', async () => {
    const wanted = new PositionsWanted(new MemoryBells(), fixed)
    let collected = 0
    const registry = new FinalizationRegistry<undefined>(() => (collected += 1))
    async function* large(): AsyncIterable<object> {
      for (let count = 0; count < 100; count += 1) {
        const item = { payload: new Array(1_000).fill(count) }
        registry.register(item, undefined)
        yield item
      }
      await new Promise(() => undefined)
    }
    const items = wanted.between(large())[Symbol.asyncIterator]()
    for (let count = 0; count < 100; count += 1) await items.next()
    const collectGarbage = collector()
    for (let turn = 0; turn < 10 && collected < 90; turn += 1) {
      collectGarbage()
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(collected).toBeGreaterThan(90)
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
