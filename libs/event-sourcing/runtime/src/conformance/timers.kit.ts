import { derivedId } from '@billstream/kernel'
import type { Timer, Timers } from '../ports/timers.port'
import { at, together } from './kit-instants'
import { cancel, rules, set, timer, write, type Given } from './timers.kit-support'
import { operators } from './timers.operators.kit'

const open = (timers: Timers) => timers.list({ limit: 100 })
const claim = (timers: Timers, now: number, limit = 100) =>
  timers.claimDue('subscriptions', at(now), at(now + 30), limit)
const aggregatesOf = (claimed: readonly Timer[]) => claimed.map(({ aggregateId }) => aggregateId)

/** What every adapter of Timers must do. `make` gives an empty one. */
export function timersConformance(name: string, make: () => Promise<Timers>): void {
  describe(`timers: ${name}`, () => {
    let timers: Timers
    beforeEach(async () => {
      timers = await make()
    })
    committing(() => timers)
    setting(() => timers)
    claiming(() => timers)
    claimingAtOnce(() => timers)
    firing(() => timers)
    asking(() => timers)
    clocks(() => timers)
    operators(() => timers)
  })
}

function committing(given: Given): void {
  describe('a commit', () => {
    it('moves the checkpoint of its rules', async () => {
      expect(await given().checkpoint(rules)).toBe(0n)
      expect(await given().commit(rules, { from: 0n, to: 9_007_199_254_740_993n }, [])).toBe(true)
      expect(await given().checkpoint(rules)).toBe(9_007_199_254_740_993n)
      expect(await given().checkpoint('other-timers')).toBe(0n)
    })

    it('of a stale holder changes nothing', async () => {
      await given().commit(rules, { from: 0n, to: 5n }, [set(timer('a', 1))])
      for (const from of [0n, 4n, 6n]) {
        const stale = [cancel(timer('a', 1)), set(timer('b', 1))]
        expect(await given().commit(rules, { from, to: 7n }, stale)).toBe(false)
      }
      expect(await given().commit('other-timers', { from: 3n, to: 7n }, [set(timer('b', 1))])).toBe(false)
      expect(await open(given())).toEqual([timer('a', 1)])
      expect(await given().checkpoint(rules)).toBe(5n)
    })

    it('is made by one of many at the same time', async () => {
      const made = await together(8, (index) =>
        given().commit(rules, { from: 0n, to: 5n }, [set(timer(`a${index}`, 1))]),
      )
      expect(made.filter(Boolean)).toHaveLength(1)
      expect(await open(given())).toHaveLength(1)
    })

    it('may go back, so that a rebuild can begin', async () => {
      await given().commit(rules, { from: 0n, to: 5n }, [])
      expect(await given().commit(rules, { from: 5n, to: 0n }, [])).toBe(true)
      expect(await given().checkpoint(rules)).toBe(0n)
    })
  })
}

function setting(given: Given): void {
  describe('setting a timer', () => {
    it('keeps it as it is', async () => {
      const exact = timer('a', 1, { due: '2026-03-01T00:00:00.000001Z', clockId: 'clock-1' })
      await write(given(), set(exact), set(timer('b', 1)))
      expect(await open(given())).toEqual([timer('b', 1), exact])
    })

    it('replaces the open one of the same rule and aggregate', async () => {
      const other = [timer('a', 3, { rule: 'trial-end' }), timer('a', 3, { owner: 'invoicing', rule: 'overdue' })]
      await write(given(), set(timer('a', 1)), set(timer('b', 1)), ...other.map(set))
      await write(given(), set(timer('a', 2)))
      expect(await open(given())).toEqual(expect.arrayContaining([timer('a', 2), timer('b', 1), ...other]))
      expect(await open(given())).toHaveLength(4)
    })

    it('again with the same id changes what it says', async () => {
      await write(given(), set(timer('a', 1)))
      await write(given(), set(timer('a', 1, { rank: 5, causationId: derivedId('later') })))
      expect(await open(given())).toEqual([timer('a', 1, { rank: 5, causationId: derivedId('later') })])
    })

    it('is undone by a cancel of its rule and aggregate alone', async () => {
      await write(given(), set(timer('a', 1)), set(timer('a', 1, { rule: 'trial-end' })), set(timer('b', 1)))
      await write(given(), cancel(timer('a', 7)), cancel(timer('c', 1)))
      expect(await open(given())).toEqual([timer('a', 1, { rule: 'trial-end' }), timer('b', 1)])
    })

    it('follows the order within a batch', async () => {
      const a = timer('a', 1)
      await write(given(), set(a), cancel(a), set(timer('a', 2)), set(timer('b', 1)), cancel(timer('b', 1)))
      expect(await open(given())).toEqual([timer('a', 2)])
      await write(given(), set(timer('a', 3)), set(timer('a', 4)), cancel(a), set(a))
      expect(await open(given())).toEqual([a])
    })
  })
}

function claiming(given: Given): void {
  describe('claiming', () => {
    it('takes everything due, however late, by due, rank, tie break and id', async () => {
      const inOrder = [
        timer('old', -31_536_000),
        timer('d', 1, { rank: 10 }),
        timer('c', 1, { tieBreak: '1', id: 'b' }),
        timer('b', 1, { tieBreak: '1', id: 'c' }),
        timer('a', 1, { tieBreak: '2', id: 'a' }),
        timer('e', 2),
      ]
      await write(given(), ...[...inOrder].reverse().map(set), set(timer('f', 3)))
      expect(await claim(given(), 2, 3)).toEqual(inOrder.slice(0, 3))
      expect(await claim(given(), 2)).toEqual(inOrder.slice(3))
    })

    it('takes only the earliest of each aggregate, even while that one is claimed', async () => {
      await write(given(), set(timer('a', 2, { rule: 'end' })), set(timer('a', 1)), set(timer('b', 2)))
      expect(await claim(given(), 5)).toEqual([timer('a', 1), timer('b', 2)])
      expect(await claim(given(), 6)).toEqual([])
      await given().fired([timer('a', 1).id])
      expect(await claim(given(), 7)).toEqual([timer('a', 2, { rule: 'end' })])
    })

    it('leaves other owners and test clocks alone', async () => {
      const other = timer('a', 1, { owner: 'invoicing', rule: 'overdue' })
      await write(given(), set(timer('b', 1, { clockId: 'clock-1' })), set(other), set(timer('a', 2)))
      expect(await claim(given(), 2)).toEqual([timer('a', 2)])
    })

    it('takes a lapsed or released claim again', async () => {
      await write(given(), set(timer('a', 1)), set(timer('b', 1)))
      await claim(given(), 1)
      expect(await claim(given(), 30)).toEqual([])
      await given().release([timer('b', 1).id, 'unknown'])
      expect(aggregatesOf(await claim(given(), 30))).toEqual(['b'])
      expect(aggregatesOf(await claim(given(), 31))).toEqual(['a'])
    })

    it('is not undone by setting the same timer again, but by another', async () => {
      await write(given(), set(timer('a', 1)), set(timer('b', 1)))
      await claim(given(), 5)
      await write(given(), set(timer('a', 1)), set(timer('b', 2)))
      expect(await claim(given(), 6)).toEqual([timer('b', 2)])
    })
  })
}

function claimingAtOnce(given: Given): void {
  describe('claiming by many at once', () => {
    it('gives each timer to one of them, and never two of an aggregate', async () => {
      const all = Array.from({ length: 60 }, (_, index) =>
        timer(`a${index % 30}`, 1 + index, { rule: index < 30 ? 'period-close' : 'end' }),
      )
      await write(given(), ...all.map(set))
      const claimed = (await together(10, () => claim(given(), 100, 7))).flat()
      claimed.push(...(await claim(given(), 100)))
      expect(new Set(aggregatesOf(claimed)).size).toBe(30)
      expect(claimed).toHaveLength(30)
    })
  })
}

function firing(given: Given): void {
  describe('a timer that has fired', () => {
    it('is gone, and a repeat is safe', async () => {
      await write(given(), set(timer('a', 1)))
      await given().fired([timer('a', 1).id, timer('a', 1).id])
      await given().fired([timer('a', 1).id])
      await given().fired([])
      expect(await open(given())).toEqual([])
    })

    it('is not set again by a late projection or a rebuild', async () => {
      await write(given(), set(timer('a', 1)))
      await given().fired([timer('a', 1).id])
      await write(given(), set(timer('a', 1)), set(timer('b', 1)))
      expect(await open(given())).toEqual([timer('b', 1)])
    })

    it('is remembered even if it was replaced before the answer came', async () => {
      await write(given(), set(timer('a', 1)))
      await claim(given(), 1)
      await write(given(), set(timer('a', 2)))
      await given().fired([timer('a', 1).id])
      await write(given(), set(timer('a', 1)), cancel(timer('a', 1)), set(timer('a', 3)))
      expect(await open(given())).toEqual([timer('a', 3)])
      await write(given(), set(timer('a', 1)))
      expect(await open(given())).toEqual([])
    })
  })

  describe('firing while the projection moves on', () => {
    it('never leaves a fired timer open', async () => {
      const all = Array.from({ length: 40 }, (_, index) => timer(`a${index}`, index))
      await write(given(), ...all.map(set))
      await Promise.all([
        write(given(), ...[...all].reverse().map(set)),
        ...[0, 1, 2, 3].map((part) => given().fired(all.filter((_, index) => index % 4 === part).map(({ id }) => id))),
      ])
      expect(await open(given())).toEqual([])
    })
  })
}

function asking(given: Given): void {
  describe('asking for timers', () => {
    it('says when the next one is due that can be claimed', async () => {
      expect(await given().nextDue('subscriptions')).toBeUndefined()
      const others = [timer('a', 3, { rule: 'end' }), timer('c', 1, { owner: 'invoicing' })]
      await write(
        given(),
        set(timer('b', 9)),
        set(timer('a', 2)),
        set(timer('d', 1, { clockId: 'x' })),
        ...others.map(set),
      )
      expect(await given().nextDue('subscriptions')).toBe(at(2))
      await claim(given(), 2)
      expect(await given().nextDue('subscriptions')).toBe(at(9))
      await given().release([timer('a', 2).id])
      expect(await given().nextDue('subscriptions')).toBe(at(2))
    })

    it('lists the open ones in order, with a bound', async () => {
      const foreign = timer('b', 1, { organizationId: 'organization-2' })
      const invoicing = timer('c', 3, { owner: 'invoicing' })
      await write(given(), set(invoicing), set(timer('a', 2)), set(foreign))
      expect(await given().list({ limit: 2 })).toEqual([foreign, timer('a', 2)])
      expect(await given().list({ owner: 'invoicing', limit: 9 })).toEqual([invoicing])
      expect(await given().list({ organizationId: 'organization-1', limit: 9 })).toEqual([timer('a', 2), invoicing])
      expect(await given().list({ aggregateId: 'c', limit: 9 })).toEqual([invoicing])
      expect(await given().list({ dueUntil: at(2), limit: 9 })).toEqual([foreign, timer('a', 2)])
    })
  })
}

function clocks(given: Given): void {
  describe('a test clock', () => {
    it('gives its first timer up to an instant, of every owner, claimed or not', async () => {
      const clockId = 'clock-1'
      const first = timer('a', 1, { clockId, owner: 'invoicing', rule: 'overdue', rank: 40 })
      const trial = timer('b', 1, { clockId, rule: 'trial-end', rank: 10 })
      await write(given(), set(timer('b', 2, { clockId })), set(first), set(trial), set(timer('c', 0)))
      await write(given(), set(timer('d', 0, { clockId: 'clock-2' })))
      expect(await given().firstOfClock(clockId, at(0))).toBeUndefined()
      expect(await given().firstOfClock(clockId, at(1))).toEqual(trial)
      await given().fired([trial.id])
      expect(await given().firstOfClock(clockId, at(9))).toEqual(first)
      await given().fired([first.id])
      expect(await given().firstOfClock(clockId, at(9))).toEqual(timer('b', 2, { clockId }))
      expect(await given().firstOfClock('clock-3', at(9))).toBeUndefined()
    })
  })
}
