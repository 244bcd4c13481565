import { instantOfMillis } from '@billstream/kernel'
import { runTaking, type Taking } from './taking-loop'
import { WakeUp } from './wake-up'

/** Time passes only while somebody sleeps. */
function virtualTime() {
  let millis = 0
  const clock = { now: () => instantOfMillis(millis) }
  const sleeper = {
    sleep: (_ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve) => {
        if (signal?.aborted) return resolve()
        signal?.addEventListener('abort', () => resolve(), { once: true })
        setImmediate(() => {
          millis += 1_000
          resolve()
        })
      }),
  }
  const failures: unknown[] = []
  const log = { info: () => undefined, warn: (fields: object) => void failures.push(fields), error: () => undefined }
  return { clock, wakeUp: new WakeUp(sleeper), log, failures }
}

function queueOf(items: string[], handle: (item: string, signal: AbortSignal) => Promise<void>): Taking<string> {
  return {
    name: 'spec',
    concurrencyMax: 2,
    take: async (limit) => items.splice(0, limit),
    nextAt: async () => undefined,
    handle,
  }
}

describe('a loop over due items', () => {
  it('handles each, at most so many at once, until it is stopped', async () => {
    const stop = new AbortController()
    const done: string[] = []
    let atOnce = 0
    let atOnceMax = 0
    const queue = queueOf(['a', 'b', 'c', 'd', 'e'], async (item) => {
      atOnceMax = Math.max(atOnceMax, (atOnce += 1))
      await new Promise(setImmediate)
      atOnce -= 1
      if (done.push(item) === 5) stop.abort()
    })
    await runTaking(queue, virtualTime(), stop.signal)
    expect(done.sort()).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(atOnceMax).toBe(2)
  })

  it('goes on after an item that fails', async () => {
    const stop = new AbortController()
    const time = virtualTime()
    const queue = queueOf(['broken', 'fine'], async (item) => {
      if (item === 'broken') throw new Error('broken')
      await new Promise(setImmediate)
      stop.abort()
    })
    await runTaking(queue, time, stop.signal)
    expect(time.failures).toHaveLength(1)
  })

  it('waits for what it has begun when it is stopped', async () => {
    const stop = new AbortController()
    let finished = false
    const queue = queueOf(['slow'], async () => {
      stop.abort()
      await new Promise(setImmediate)
      finished = true
    })
    await runTaking(queue, virtualTime(), stop.signal)
    expect(finished).toBe(true)
  })

  it('throws what taking throws, after what it has begun', async () => {
    let finished = false
    const taken = [['slow']]
    const queue: Taking<string> = {
      ...queueOf([], async () => {
        await new Promise(setImmediate)
        finished = true
      }),
      take: async () => {
        const next = taken.pop()
        if (!next) throw new Error('the store is away')
        return next
      },
    }
    await expect(runTaking(queue, virtualTime(), new AbortController().signal)).rejects.toThrow('the store is away')
    expect(finished).toBe(true)
  })
})
