import type { Position } from '@billstream/event-sourcing-core'
import {
  MemoryBells,
  wantPositions,
  type EventBatch,
  type EventStore,
  type Sleeper,
} from '@billstream/event-sourcing-runtime'
import { fixedClock } from '@billstream/testing'
import { pacedStore } from './paced-store'

const REST_MS = 100
const batchAt = (reached: Position): EventBatch => ({ events: [], reached })

/** Sleeps until it is told that the time is over. */
class SleeperByHand implements Sleeper {
  readonly slept: number[] = []
  wake: () => void = () => undefined

  sleep(ms: number): Promise<void> {
    this.slept.push(ms)
    return new Promise((resolve) => (this.wake = resolve))
  }
}

describe('a reader nobody waits for', () => {
  const bells = new MemoryBells()
  let sleeper: SleeperByHand
  let seen: Position[]
  let asked: number
  let end: AbortController
  let reading: Promise<void>

  /** Everything that can go on without the sleeper has gone on. */
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

  beforeEach(() => {
    sleeper = new SleeperByHand()
    ;[seen, asked, end] = [[], 0, new AbortController()]
    const store: Pick<EventStore, 'subscribe'> = {
      async *subscribe() {
        for (const reached of [1n, 2n, 3n]) {
          asked += 1
          yield await Promise.resolve(batchAt(reached))
        }
      },
    }
    const clock = fixedClock('2026-01-01T00:00:00.000Z')
    const paced = pacedStore({ eventStore: store as EventStore, bells, clock, sleeper }, REST_MS)
    reading = (async () => {
      for await (const { reached } of paced.eventStore.subscribe(0n, { signal: end.signal })) seen.push(reached)
      paced.close()
    })()
  })
  afterEach(async () => {
    end.abort()
    for (let batch = 0; batch < 3; batch += 1) {
      sleeper.wake()
      await settled()
    }
    await reading
  })

  it('has the first batch at once, and rests before it asks for the next', async () => {
    await settled()
    expect([seen, asked, sleeper.slept]).toEqual([[1n], 1, [REST_MS]])
    sleeper.wake()
    await settled()
    expect([seen, asked]).toEqual([[1n, 2n], 2])
  })

  it('rests no longer once its position is asked for', async () => {
    await settled()
    wantPositions(bells)
    await settled()
    expect(seen).toEqual([1n, 2n, 3n])
  })
})
