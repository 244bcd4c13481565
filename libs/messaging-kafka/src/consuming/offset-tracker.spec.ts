import fc from 'fast-check'
import { OffsetTracker } from './offset-tracker'

describe('a partition of which', () => {
  it('nothing is done commits nothing', () => {
    const tracker = new OffsetTracker()
    tracker.begin(5n)
    expect(tracker.toCommit()).toBeUndefined()
  })

  it('a later message is done first commits nothing before the earlier one', () => {
    const tracker = new OffsetTracker()
    const [first, second] = [tracker.begin(5n), tracker.begin(6n)]
    second()
    expect(tracker.toCommit()).toBeUndefined()
    first()
    expect(tracker.toCommit()).toBe(7n)
    tracker.wasCommitted(7n)
    expect(tracker.toCommit()).toBeUndefined()
  })

  it('any are done in any order commits exactly the gapless beginning', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { minLength: 1, maxLength: 50 }),
        fc.infiniteStream(fc.nat()),
        (done, order) => {
          const tracker = new OffsetTracker()
          const messages = done.map((isDone, index) => ({ isDone, finish: tracker.begin(BigInt(index)) }))
          const finished = messages.filter(({ isDone }) => isDone)
          while (finished.length > 0) {
            const next = Number(order.next().value ?? 0) % finished.length
            finished.splice(next, 1)[0]?.finish()
          }
          const firstOpen = done.indexOf(false)
          const beginning = firstOpen < 0 ? done.length : firstOpen
          expect(tracker.toCommit()).toBe(beginning === 0 ? undefined : BigInt(beginning))
        },
      ),
    )
  })
})
