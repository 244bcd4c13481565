import fc from 'fast-check'
import { epochMillis } from '@billstream/kernel'
import { ATTEMPTS_MAX, failsTooLong, JITTER_SHARE_MAX, nextAttemptAt, RETRY_AFTER_MAX_S } from './delivery-schedule'

const now = '2026-06-11T10:00:00.000Z'
const deliveryId = '00000000-0000-4000-8000-000000000001'
const waitS = (attempts: number, retryAfterS: number | null = null, id = deliveryId) => {
  const next = nextAttemptAt({ deliveryId: id, attempts, now, retryAfterS })
  return next === null ? null : (epochMillis(next) - epochMillis(now)) / 1_000
}
const SCHEDULE_S = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]

describe('a delivery that failed', () => {
  it('is tried again after 5 s, 5 and 30 minutes, 2, 5, 10, 14, 20 and 24 hours, each a little longer', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.integer({ min: 1, max: 9 }), (id, attempts) => {
        const [wait, planned] = [waitS(attempts, null, id) ?? -1, SCHEDULE_S[attempts - 1] ?? 0]
        expect(wait).toBeGreaterThanOrEqual(planned)
        expect(wait).toBeLessThanOrEqual(planned * (1 + JITTER_SHARE_MAX))
      }),
    )
  })

  it('does not come back together with others', () => {
    const waits = ['a', 'b', 'c', 'd'].map((id) => waitS(2, null, id))
    expect(new Set(waits).size).toBe(4)
  })

  it('comes back at the same instant however often that is worked out', () => expect(waitS(3)).toBe(waitS(3)))

  it('is given up after the tenth attempt', () => {
    expect(ATTEMPTS_MAX).toBe(10)
    expect(waitS(9)).not.toBeNull()
    expect([waitS(10), waitS(11)]).toEqual([null, null])
  })

  it('waits as long as the receiver asks, but no longer than a day, and no shorter than planned', () => {
    expect(waitS(1, 60)).toBe(60)
    expect(waitS(1, 10 ** 9)).toBe(RETRY_AFTER_MAX_S)
    expect(waitS(3, 1)).toBeGreaterThanOrEqual(1_800)
    expect(waitS(10, 60)).toBeNull()
  })
})

describe('an endpoint', () => {
  it('fails too long from the fifth day on', () => {
    expect(failsTooLong('2026-06-06T10:00:00.001Z', now)).toBe(false)
    expect(failsTooLong('2026-06-06T10:00:00.000Z', now)).toBe(true)
  })
})
