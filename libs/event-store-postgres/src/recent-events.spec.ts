import fc from 'fast-check'
import type { RecordedEvent } from '@billstream/event-sourcing-core'
import { RecentEvents } from './recent-events'
import type { StoredEvent } from './stored-event'

function stored(position: number, bytes: number): StoredEvent {
  const event = { position: BigInt(position), type: position % 3 ? 'Other' : 'Wanted' } as RecordedEvent
  return { event, bytes }
}

const all = (): boolean => true

describe('the recent events', () => {
  it('give what follows a position, or say that it is not here any more', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 60 }),
        fc.nat(70),
        fc.integer({ min: 1, max: 9 }),
        (sizes, from, batchMax) => {
          const recent = new RecentEvents(0n, { events: 10, bytes: 200 })
          sizes.forEach((bytes, index) => recent.add([stored(index + 1, bytes)]))
          expect(recent.reached).toBe(BigInt(sizes.length))
          let reached = BigInt(from)
          if (!recent.holdsAfter(reached)) return
          const found: bigint[] = []
          while (reached < recent.reached) {
            const batch = recent.batchAfter(reached, all, batchMax)
            found.push(...batch.events.map(({ position }) => position))
            reached = batch.reached
          }
          expect(found).toEqual(
            sizes.map((_, index) => BigInt(index + 1)).filter((position) => position > BigInt(from)),
          )
        },
      ),
    )
  })

  it('stay within their bounds and keep the last', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 60 }), (sizes) => {
        const recent = new RecentEvents(0n, { events: 10, bytes: 200 })
        recent.add(sizes.map((bytes, index) => stored(index + 1, bytes)))
        const here = sizes.map((_, index) => BigInt(index)).filter((position) => recent.holdsAfter(position))
        const bytes = here.reduce((sum, position) => sum + (sizes[Number(position)] ?? 0), 0)
        expect(here.length).toBeLessThanOrEqual(10)
        expect(bytes).toBeLessThanOrEqual(200)
        expect(recent.holdsAfter(BigInt(sizes.length))).toBe(true)
      }),
    )
  })

  it('leave out what they know and what is not wanted', () => {
    const recent = new RecentEvents(5n)
    recent.add([4, 5, 6, 7, 8, 9].map((position) => stored(position, 1)))
    recent.add([8, 9].map((position) => stored(position, 1)))
    const wanted = ({ type }: RecordedEvent): boolean => type === 'Wanted'
    expect(recent.batchAfter(5n, wanted, 10)).toMatchObject({
      events: [{ position: 6n }, { position: 9n }],
      reached: 9n,
    })
    expect(recent.batchAfter(5n, wanted, 1)).toMatchObject({ events: [{ position: 6n }], reached: 6n })
    expect(recent.holdsAfter(4n)).toBe(false)
  })
})
