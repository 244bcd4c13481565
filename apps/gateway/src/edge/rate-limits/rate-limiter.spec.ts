import { MemoryCounters } from '@billstream/event-sourcing-runtime'
import { fixedClock } from '@billstream/testing'
import { RateLimiter } from './rate-limiter'

function limiters() {
  const clock = fixedClock('2026-06-01T00:00:00.000Z')
  const counters = new MemoryCounters()
  return { clock, here: new RateLimiter(counters, clock), there: new RateLimiter(counters, clock) }
}

describe('a rate limit', () => {
  it('counts down and then refuses', () => {
    const { here } = limiters()
    expect([1, 2, 3].map(() => here.take('a', 2))).toMatchObject([
      { allowed: true, remaining: 1 },
      { allowed: true, remaining: 0 },
      { allowed: false, remaining: 0, resetSeconds: 60 },
    ])
  })

  it('slides: a call is allowed again when an old one leaves the window', () => {
    const { clock, here } = limiters()
    here.take('a', 2)
    clock.moveTo('2026-06-01T00:00:30.000Z')
    here.take('a', 2)
    expect(here.take('a', 2)).toMatchObject({ allowed: false, resetSeconds: 30 })
    clock.moveTo('2026-06-01T00:01:00.000Z')
    expect(here.take('a', 2)).toMatchObject({ allowed: true })
    expect(here.take('a', 2)).toMatchObject({ allowed: false, resetSeconds: 30 })
  })

  it('keeps names apart', () => {
    const { here } = limiters()
    here.take('a', 1)
    expect(here.take('b', 1)).toMatchObject({ allowed: true })
  })

  it('is shared by all processes once they have joined', async () => {
    const { here, there } = limiters()
    here.take('a', 3)
    there.take('a', 3)
    await here.join()
    await there.join()
    await here.join()
    expect(here.take('a', 3)).toMatchObject({ allowed: true, remaining: 0 })
    expect(here.take('a', 3)).toMatchObject({ allowed: false })
    await here.join()
    await there.join()
    expect(there.take('a', 3)).toMatchObject({ allowed: false })
  })

  it('loses no count when joining fails', async () => {
    const clock = fixedClock('2026-06-01T00:00:00.000Z')
    const counters = new MemoryCounters()
    let broken = true
    const limiter = new RateLimiter(
      {
        join: (...parts) => (broken ? Promise.reject(new Error('down')) : counters.join(...parts)),
        purge: (second) => counters.purge(second),
      },
      clock,
    )
    limiter.take('a', 1)
    await expect(limiter.join()).rejects.toThrow('down')
    expect(limiter.take('a', 1)).toMatchObject({ allowed: false })
    broken = false
    await limiter.join()
    expect(limiter.take('a', 1)).toMatchObject({ allowed: false })
  })
})
