import { fixedClock } from './fixed-clock'
import { sequentialIds } from './sequential-ids'

describe('a fixed clock', () => {
  it('stands still until it is moved', () => {
    const clock = fixedClock('2026-03-01T12:00:00.000Z')
    expect([clock.now(), clock.now()]).toEqual(['2026-03-01T12:00:00.000Z', '2026-03-01T12:00:00.000Z'])
    clock.advance(90)
    expect(clock.now()).toBe('2026-03-01T12:01:30.000Z')
    clock.moveTo('2025-01-01T00:00:00.000Z')
    expect(clock.now()).toBe('2025-01-01T00:00:00.000Z')
  })
})

describe('sequential ids', () => {
  it('are the same in every run, sort in the order in which they were given, and are UUIDs of version 7', () => {
    const [ids, again, other] = [sequentialIds(), sequentialIds(), sequentialIds(1)]
    const given = Array.from({ length: 20 }, () => ids.next())
    expect(given).toEqual(Array.from({ length: 20 }, () => again.next()))
    expect([...given].sort()).toEqual(given)
    expect(given).not.toContain(other.next())
    for (const id of given) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/)
  })
})
