import type { WorkItem, WorkQueue } from '../ports/work-queue.port'
import { at, together } from './kit-instants'

function item(id: string, given: Partial<WorkItem> = {}): WorkItem {
  return {
    id,
    queue: 'charges',
    organizationId: 'organization-1',
    correlationId: 'correlation-1',
    payload: { id, text: '\0 💳' },
    notBefore: at(0),
    tries: 0,
    ...given,
  }
}

type Given = () => WorkQueue
const idsOf = (items: readonly WorkItem[]) => items.map(({ id }) => id)

/** What every adapter of WorkQueue must do. `make` gives an empty one. */
export function workQueueConformance(name: string, make: () => Promise<WorkQueue>): void {
  describe(`work queue: ${name}`, () => {
    let queue: WorkQueue
    beforeEach(async () => {
      queue = await make()
    })
    taking(() => queue)
    leasing(() => queue)
    ending(() => queue)
    asking(() => queue)
  })
}

function taking(given: Given): void {
  describe('work that waits', () => {
    it('is taken as it was added, oldest time first', async () => {
      await given().add([item('late', { notBefore: at(5) }), item('b'), item('a')])
      expect(await given().take('charges', at(5), at(60), 10)).toEqual([
        item('b'),
        item('a'),
        item('late', { notBefore: at(5) }),
      ])
    })

    it('is not taken before its time, from another queue, or beyond the limit', async () => {
      await given().add([item('1'), item('2'), item('3', { notBefore: at(9) }), item('4', { queue: 'mails' })])
      expect(idsOf(await given().take('charges', at(8), at(60), 1))).toEqual(['1'])
      expect(idsOf(await given().take('charges', at(8), at(60), 10))).toEqual(['2'])
    })

    it('is not changed by adding its id again', async () => {
      await given().add([item('1')])
      await given().add([item('1', { payload: 'other' }), item('1', { payload: 'third' }), item('2')])
      expect(await given().take('charges', at(0), at(60), 10)).toEqual([item('1'), item('2')])
    })
  })
}

function leasing(given: Given): void {
  describe('work that is taken', () => {
    it('is given to no other holder until its lease lapses', async () => {
      await given().add([item('1')])
      await given().take('charges', at(0), at(60), 10)
      expect(await given().take('charges', at(59), at(90), 10)).toEqual([])
      expect(await given().take('charges', at(60), at(90), 10)).toEqual([item('1')])
      expect(await given().take('charges', at(61), at(90), 10)).toEqual([])
    })

    it('is held by one of many who take at once', async () => {
      await given().add(Array.from({ length: 60 }, (_, index) => item(`${index}`)))
      const taken = (await together(12, () => given().take('charges', at(0), at(60), 7))).flat()
      const rest = await given().take('charges', at(0), at(60), 100)
      expect(new Set(idsOf([...taken, ...rest])).size).toBe(60)
      expect(taken.length + rest.length).toBe(60)
    })

    it('is given back for later with a try counted', async () => {
      await given().add([item('1')])
      await given().take('charges', at(0), at(60), 10)
      await given().later('1', at(10))
      expect(await given().take('charges', at(9), at(60), 10)).toEqual([])
      expect(await given().take('charges', at(10), at(60), 10)).toEqual([item('1', { notBefore: at(10), tries: 1 })])
    })

    it('may be given back with another payload', async () => {
      await given().add([item('1')])
      await given().take('charges', at(0), at(60), 10)
      await given().later('1', at(10), { step: 'ask for the outcome' })
      const again = item('1', { notBefore: at(10), tries: 1, payload: { step: 'ask for the outcome' } })
      expect(await given().take('charges', at(10), at(60), 10)).toEqual([again])
    })
  })
}

function ending(given: Given): void {
  describe('work that is done', () => {
    beforeEach(async () => {
      await given().add([item('1'), item('2')])
      await given().take('charges', at(0), at(1), 1)
      await given().done(['1', 'unknown'])
    })

    it('is not taken again', async () => {
      expect(idsOf(await given().take('charges', at(100), at(160), 10))).toEqual(['2'])
      expect(await given().count('charges')).toBe(1)
      expect(idsOf(await given().pendingOf('correlation-1'))).toEqual(['2'])
    })

    it('is done for ever: neither added nor given back again', async () => {
      await given().add([item('1')])
      await given().later('1', at(0))
      await given().done(['1'])
      expect(idsOf(await given().take('charges', at(100), at(160), 10))).toEqual(['2'])
    })
  })
}

function asking(given: Given): void {
  describe('the queue', () => {
    it('says when the next item can be taken', async () => {
      expect(await given().nextAt('charges')).toBeUndefined()
      await given().add([item('1', { notBefore: at(7) }), item('2', { notBefore: at(3) })])
      expect(await given().nextAt('charges')).toBe(at(3))
      await given().take('charges', at(3), at(63), 1)
      expect(await given().nextAt('charges')).toBe(at(7))
      await given().take('charges', at(7), at(67), 1)
      expect(await given().nextAt('charges')).toBe(at(63))
      expect(await given().nextAt('mails')).toBeUndefined()
    })

    it('counts what is open and finds what descends from one correlation, taken or not', async () => {
      await given().add([
        item('1'),
        item('2', { notBefore: at(9) }),
        item('3', { correlationId: 'correlation-2' }),
        item('4', { queue: 'mails' }),
      ])
      await given().take('charges', at(0), at(60), 1)
      expect(await given().count('charges')).toBe(3)
      expect(idsOf(await given().pendingOf('correlation-1', 'charges'))).toEqual(['1', '2'])
      expect(idsOf(await given().pendingOf('correlation-1')).sort()).toEqual(['1', '2', '4'])
      expect(await given().pendingOf('correlation-9')).toEqual([])
    })
  })
}
