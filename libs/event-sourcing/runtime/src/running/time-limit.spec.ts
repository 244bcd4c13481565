import { epochMillis, instantOfMillis } from '@billstream/kernel'
import { TimeLimit } from './time-limit'

/** Each sleep ends when the spec says so, and moves the clock by what it says. */
function timeInHand() {
  let millis = epochMillis('2026-06-01T00:00:00.000Z')
  const sleeps: { ms: number; end: (passedMs: number) => void }[] = []
  return {
    sleeps,
    ports: {
      clock: { now: () => instantOfMillis(millis) },
      sleeper: {
        sleep: (ms: number, signal?: AbortSignal) =>
          new Promise<void>((resolve) => {
            signal?.addEventListener('abort', () => resolve())
            sleeps.push({ ms, end: (passedMs) => ((millis += passedMs), resolve()) })
          }),
      },
    },
  }
}
const aTurn = () => new Promise(setImmediate)

describe('a time limit', () => {
  it('aborts when the time is over, not when the sleeper wakes early', async () => {
    const { ports, sleeps } = timeInHand()
    const limit = new TimeLimit(ports, 1_000, new AbortController().signal)
    sleeps[0]?.end(400)
    await aTurn()
    expect([limit.signal.aborted, sleeps[1]?.ms]).toEqual([false, 600])
    sleeps[1]?.end(600)
    await aTurn()
    expect([limit.signal.aborted, limit.isOver]).toEqual([true, true])
  })

  it('aborts with its stop, and is not over then', () => {
    const stop = new AbortController()
    const limit = new TimeLimit(timeInHand().ports, 1_000, stop.signal)
    stop.abort()
    expect([limit.signal.aborted, limit.isOver]).toEqual([true, false])
  })

  it('that has ended aborts nothing any more', async () => {
    const { ports, sleeps } = timeInHand()
    const limit = new TimeLimit(ports, 1_000, new AbortController().signal)
    limit.end()
    sleeps[0]?.end(1_000)
    await aTurn()
    expect(limit.signal.aborted).toBe(false)
  })
})
