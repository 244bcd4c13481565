import { StoreUnavailable } from '../errors'
import { Collected } from './collected'

/** Answers a number with its double; notes each batch. */
function doubling(answerAll?: (asks: readonly number[]) => Promise<readonly number[]>) {
  const batches: (readonly number[])[] = []
  const collected = new Collected<number, number>(
    (ask) => (ask % 2 === 0 ? 'even' : 'odd'),
    (asks) => {
      batches.push(asks)
      return answerAll ? answerAll(asks) : Promise.resolve(asks.map((ask) => ask * 2))
    },
  )
  return { batches, collected }
}

const askAll = (collected: Collected<number, number>, asks: readonly number[]) =>
  Promise.allSettled(asks.map((ask) => collected.ask(ask)))

describe('questions of one turn', () => {
  it('are answered together, each key for itself, each with its own answer', async () => {
    const { batches, collected } = doubling()
    const answers = await Promise.all([1, 2, 3, 4].map((ask) => collected.ask(ask)))
    expect(answers).toEqual([2, 4, 6, 8])
    expect(batches).toEqual([
      [1, 3],
      [2, 4],
    ])
  })

  it('make more batches where they are many', async () => {
    const { batches, collected } = doubling()
    const asks = Array.from({ length: 1_001 }, (_, index) => index * 2)
    await Promise.all(asks.map((ask) => collected.ask(ask)))
    expect(batches.map(({ length }) => length)).toEqual([500, 500, 1])
  })

  it('that come while a batch is under way are looked up after it began', async () => {
    let finish: (() => void) | undefined
    const { batches, collected } = doubling(async (asks) => {
      if (!finish) await new Promise<void>((resolve) => (finish = resolve))
      return asks.map((ask) => ask * 2)
    })
    const first = collected.ask(2)
    await new Promise((resolve) => setImmediate(resolve))
    expect(await collected.ask(4)).toBe(8)
    finish?.()
    expect(await first).toBe(4)
    expect(batches).toEqual([[2], [4]])
  })

  it('that cannot be answered do not fail their neighbours', async () => {
    const { collected } = doubling((asks) =>
      asks.includes(6) ? Promise.reject(new Error('no six')) : Promise.resolve(asks.map((ask) => ask * 2)),
    )
    expect(await askAll(collected, [2, 6, 8])).toEqual([
      { status: 'fulfilled', value: 4 },
      { status: 'rejected', reason: new Error('no six') },
      { status: 'fulfilled', value: 16 },
    ])
  })

  it('all fail, and once, while the store is away', async () => {
    const away = new StoreUnavailable('away')
    const { batches, collected } = doubling(() => Promise.reject(away))
    const answers = await askAll(collected, [2, 4])
    expect(answers.every((answer) => answer.status === 'rejected' && answer.reason === away)).toBe(true)
    expect(batches).toHaveLength(1)
  })
})
