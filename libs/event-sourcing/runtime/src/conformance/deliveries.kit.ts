import { derivedId } from '@billstream/kernel'
import type { Deliveries, Delivery, DeliveryAttempt } from '../ports/deliveries.port'
import { at, together } from './kit-instants'

type Given = () => Deliveries

function delivery(id: string, created: number, given: Partial<Delivery> = {}): Delivery {
  return {
    id,
    organizationId: 'organization-1',
    endpointId: 'endpoint-1',
    eventId: derivedId('event', id),
    correlationId: derivedId('correlation', id),
    format: 'boxbilling',
    webhookType: 'invoice.created',
    objectType: 'invoice',
    objectId: 'invoice-1',
    body: `{"id":"${id}","text":"Ünïcode \\u0000 💳"}`,
    status: 'pending',
    retries: 0,
    attempts: 0,
    nextAttemptAt: at(created),
    lastAttemptAt: null,
    httpStatus: null,
    response: null,
    createdAt: at(created),
    updatedAt: at(created),
    ...given,
  }
}

/** The delivery and its attempt as the worker records them after a try at so many seconds. */
function tried(before: Delivery, seconds: number, outcome: Partial<Delivery> & Pick<Delivery, 'status'>) {
  const attempts = before.attempts + 1
  const success = outcome.status === 'succeeded'
  const common = { httpStatus: success ? 200 : 500, lastAttemptAt: at(seconds), updatedAt: at(seconds) }
  const after: Delivery = {
    ...before,
    ...common,
    response: 'answer',
    attempts,
    retries: attempts - 1,
    nextAttemptAt: null,
    ...outcome,
  }
  const attempt: DeliveryAttempt = {
    id: derivedId('attempt', before.id, attempts, seconds),
    deliveryId: before.id,
    organizationId: before.organizationId,
    attemptNumber: attempts,
    httpStatus: common.httpStatus,
    responseBody: 'answer',
    success,
    errorMessage: null,
    durationMs: 12,
    attemptedAt: at(seconds),
  }
  return [after, attempt] as const
}

const take = (deliveries: Deliveries, seconds: number, limit = 100) =>
  deliveries.take(at(seconds), at(seconds + 60), limit)
const idsOf = (found: readonly Delivery[]) => found.map(({ id }) => id)
const otherObject = { objectId: 'invoice-2' }

/** What every adapter of Deliveries must do. `make` gives an empty one. */
export function deliveriesConformance(name: string, make: () => Promise<Deliveries>): void {
  describe(`deliveries: ${name}`, () => {
    let deliveries: Deliveries
    beforeEach(async () => {
      deliveries = await make()
    })
    taking(() => deliveries)
    ordering(() => deliveries)
    takingAtOnce(() => deliveries)
    recording(() => deliveries)
    recordingTooLate(() => deliveries)
    retrying(() => deliveries)
    waking(() => deliveries)
    listing(() => deliveries)
    lookedAt(() => deliveries)
    judging(() => deliveries)
    forgetting(() => deliveries)
  })
}

function forgetting(given: Given): void {
  describe('what was sent about an object', () => {
    const object = { objectType: 'invoice', objectId: 'invoice-1' }

    it('can be rewritten, and what was answered to it is dropped', async () => {
      await given().add([delivery('a', 1), delivery('b', 2), delivery('other', 3, otherObject)])
      await given().add([delivery('x', 4, { organizationId: 'organization-2' })])
      await given().record(...tried(delivery('a', 1), 5, { status: 'succeeded' }))
      await given().rewriteBodies('organization-1', object, (body) => body.replace('Ünïcode', 'erased'))
      const bodies = (await given().list('organization-1', { skip: 0, limit: 10 })).deliveries.map(({ body }) => body)
      expect(bodies.map((body) => body.includes('erased'))).toEqual([false, true, true])
      expect((await given().get('organization-2', 'x'))?.body).toBe(delivery('x', 4).body)
      expect(await given().get('organization-1', 'a')).toMatchObject({ status: 'succeeded', response: null })
      expect(await given().attempts('organization-1', 'a')).toMatchObject([{ httpStatus: 200, responseBody: null }])
    })

    it('is not answered by what came back for the old bytes later', async () => {
      await given().add([delivery('a', 1)])
      const [taken] = await take(given(), 1)
      await given().rewriteBodies('organization-1', object, () => 'erased')
      if (taken) await given().record(...tried(taken, 5, { status: 'succeeded' }))
      const kept = { status: 'succeeded', attempts: 1, body: 'erased', response: null }
      expect(await given().get('organization-1', 'a')).toMatchObject(kept)
      expect(await given().attempts('organization-1', 'a')).toMatchObject([{ httpStatus: 200, responseBody: null }])
    })

    it('stays as it is where there is nothing', async () => {
      await given().rewriteBodies('organization-1', object, () => 'never')
      expect(await given().list('organization-1', { skip: 0, limit: 10 })).toEqual({ deliveries: [], total: 0 })
    })
  })
}

function taking(given: Given): void {
  describe('taking', () => {
    it('gives what is due as it was added, longest due first', async () => {
      const early = delivery('early', 5, { ...otherObject, nextAttemptAt: at(1) })
      await given().add([delivery('a', 2), early, delivery('future', 9, { objectId: 'invoice-3' })])
      expect(await take(given(), 8)).toEqual([early, delivery('a', 2)])
    })

    it('keeps a known id as it was', async () => {
      await given().add([delivery('a', 1)])
      await given().add([delivery('a', 1, { body: 'other' }), delivery('b', 1, otherObject)])
      expect(await take(given(), 1)).toEqual([delivery('a', 1), delivery('b', 1, otherObject)])
      await given().add([])
    })

    it('gives a taken one to nobody until its lease lapses', async () => {
      await given().add([delivery('a', 1), delivery('b', 1, otherObject)])
      expect(idsOf(await take(given(), 1, 1))).toEqual(['a'])
      expect(idsOf(await take(given(), 60))).toEqual(['b'])
      expect(idsOf(await take(given(), 61))).toEqual(['a'])
    })
  })
}

function ordering(given: Given): void {
  describe('first attempts of one object at one endpoint', () => {
    it('go one after the other, by creation', async () => {
      await given().add([delivery('later', 3), delivery('first', 1), delivery('second', 2)])
      expect(idsOf(await take(given(), 9))).toEqual(['first'])
      expect(idsOf(await take(given(), 9))).toEqual([])
      await given().record(...tried(delivery('first', 1), 10, { status: 'succeeded' }))
      expect(idsOf(await take(given(), 10))).toEqual(['second'])
      await given().record(...tried(delivery('second', 2), 10, { status: 'failed' }))
      expect(idsOf(await take(given(), 10))).toEqual(['later'])
    })

    it('go as they were added when they were created at one instant', async () => {
      await given().add([delivery('z', 1), delivery('a', 1)])
      await given().add([delivery('0', 1)])
      for (const id of ['z', 'a', '0']) {
        expect(idsOf(await take(given(), 1))).toEqual([id])
        await given().record(...tried(delivery(id, 1), 1, { status: 'succeeded' }))
      }
    })

    it('do not wait for retries', async () => {
      await given().add([delivery('first', 1), delivery('second', 2)])
      const [failed, attempt] = tried(delivery('first', 1), 3, { status: 'pending', nextAttemptAt: at(8) })
      await given().record(failed, attempt)
      expect(idsOf(await take(given(), 8))).toEqual(['second', 'first'])
    })

    it('do not wait for another endpoint, object or organization', async () => {
      await given().add([
        delivery('a', 1),
        delivery('b', 1, { endpointId: 'endpoint-2' }),
        delivery('c', 1, otherObject),
        delivery('d', 1, { objectType: 'payment' }),
        delivery('e', 1, { organizationId: 'organization-2' }),
      ])
      expect(idsOf(await take(given(), 1))).toEqual(['a', 'b', 'c', 'd', 'e'])
    })

    it('do not wait for one that was ended without an attempt', async () => {
      await given().add([delivery('a', 1), delivery('b', 2, { status: 'failed', nextAttemptAt: null })])
      await given().cancelOf('organization-1', 'endpoint-1', at(3))
      await given().add([delivery('c', 4)])
      expect(idsOf(await take(given(), 4))).toEqual(['c'])
    })
  })
}

function takingAtOnce(given: Given): void {
  describe('taking by many at once', () => {
    it('gives each to one of them, in order per object', async () => {
      const objects = Array.from({ length: 12 }, (_, index) => `invoice-${index}`)
      const all = objects.flatMap((objectId) => [1, 2, 3].map((n) => delivery(`${objectId}/${n}`, n, { objectId })))
      await given().add(all)
      const taken: string[] = []
      const work = async (): Promise<void> => {
        for (let got = await take(given(), 5, 4); got.length > 0; got = await take(given(), 5, 4)) {
          taken.push(...idsOf(got))
          for (const each of got) await given().record(...tried(each, 5, { status: 'succeeded' }))
        }
      }
      await together(6, work)
      await work()
      expect(new Set(taken).size).toBe(36)
      expect(taken).toHaveLength(36)
      for (const objectId of objects) {
        expect(taken.filter((id) => id.startsWith(`${objectId}/`))).toEqual([1, 2, 3].map((n) => `${objectId}/${n}`))
      }
    })
  })
}

function recording(given: Given): void {
  describe('an attempt', () => {
    it('is kept with what follows from it', async () => {
      await given().add([delivery('a', 1)])
      const [taken] = await take(given(), 1)
      const first = tried(taken as Delivery, 2, { status: 'pending', nextAttemptAt: at(7) })
      await given().record(...first)
      expect(await given().get('organization-1', 'a')).toEqual(first[0])
      expect(idsOf(await take(given(), 6))).toEqual([])
      const second = tried(first[0], 8, { status: 'succeeded' })
      await given().record(...second)
      expect(await given().get('organization-1', 'a')).toEqual(second[0])
      expect(await given().attempts('organization-1', 'a')).toEqual([first[1], second[1]])
      expect(await take(given(), 1_000)).toEqual([])
    })

    it('is kept whatever the receiver answered', async () => {
      await given().add([delivery('a', 1)])
      const [after, attempt] = tried(delivery('a', 1), 2, { status: 'failed', response: 'a\0b' })
      await given().record(after, { ...attempt, responseBody: 'a\0b', errorMessage: '\0', httpStatus: null })
      expect((await given().get('organization-1', 'a'))?.response).toBe('a\uFFFDb')
      const [kept] = await given().attempts('organization-1', 'a')
      expect(kept).toEqual({ ...attempt, responseBody: 'a\uFFFDb', errorMessage: '\uFFFD', httpStatus: null })
    })

    it('is seen by its own organization alone', async () => {
      await given().add([delivery('a', 1)])
      await given().record(...tried(delivery('a', 1), 2, { status: 'succeeded' }))
      expect(await given().get('organization-2', 'a')).toBeUndefined()
      expect(await given().attempts('organization-2', 'a')).toEqual([])
    })
  })
}

function recordingTooLate(given: Given): void {
  describe('an attempt that comes again or too late', () => {
    it('is recorded once', async () => {
      await given().add([delivery('a', 1)])
      const first = tried(delivery('a', 1), 2, { status: 'pending', nextAttemptAt: at(7) })
      await given().record(...first)
      await given().record(...tried(first[0], 8, { status: 'succeeded' }))
      await given().record(...first)
      expect(await given().get('organization-1', 'a')).toMatchObject({ status: 'succeeded', attempts: 2 })
      expect(await given().attempts('organization-1', 'a')).toHaveLength(2)
    })

    it('is kept, and the first of two holders decides', async () => {
      await given().add([delivery('a', 1)])
      await given().record(...tried(delivery('a', 1), 70, { status: 'succeeded' }))
      await given().record(...tried(delivery('a', 1), 71, { status: 'pending', nextAttemptAt: at(99) }))
      expect(await given().get('organization-1', 'a')).toMatchObject({ status: 'succeeded', lastAttemptAt: at(70) })
      expect(await given().attempts('organization-1', 'a')).toHaveLength(2)
    })

    it('does not open again what was ended meanwhile', async () => {
      await given().add([delivery('a', 1), delivery('b', 1, otherObject)])
      await take(given(), 1)
      await given().cancelOf('organization-1', 'endpoint-1', at(2))
      await given().record(...tried(delivery('a', 1), 3, { status: 'pending', nextAttemptAt: at(8) }))
      await given().record(...tried(delivery('b', 1, otherObject), 3, { status: 'succeeded' }))
      const ended = { status: 'failed', attempts: 1, nextAttemptAt: null, httpStatus: 500 }
      expect(await given().get('organization-1', 'a')).toMatchObject(ended)
      expect(await given().get('organization-1', 'b')).toMatchObject({ status: 'succeeded' })
    })
  })
}

function retrying(given: Given): void {
  describe('a retry by hand', () => {
    it('makes a failed one due now', async () => {
      await given().add([delivery('a', 1)])
      const [failed, attempt] = tried(delivery('a', 1), 2, { status: 'failed' })
      await given().record(failed, attempt)
      const due = { ...failed, status: 'pending', nextAttemptAt: at(50), updatedAt: at(50) }
      expect(await given().retry('organization-1', 'a', at(50))).toEqual(due)
      expect(await given().retry('organization-1', 'a', at(51))).toBeUndefined()
      expect(await take(given(), 50)).toEqual([due])
    })

    it('is refused for what has not failed, is unknown, or is of another organization', async () => {
      await given().add([delivery('a', 1), delivery('b', 1, { status: 'failed' })])
      expect(await given().retry('organization-1', 'a', at(50))).toBeUndefined()
      expect(await given().retry('organization-1', 'c', at(50))).toBeUndefined()
      expect(await given().retry('organization-2', 'b', at(50))).toBeUndefined()
    })
  })
}

function waking(given: Given): void {
  describe('the next one', () => {
    it('is the earliest that can be taken: due, not leased, not behind another', async () => {
      expect(await given().nextAt()).toBeUndefined()
      await given().add([delivery('a', 5), delivery('behind', 6), delivery('c', 9, otherObject)])
      expect(await given().nextAt()).toBe(at(5))
      await take(given(), 5)
      expect(await given().nextAt()).toBe(at(9))
      await take(given(), 9)
      expect(await given().nextAt()).toBe(at(65))
      await given().record(...tried(delivery('a', 5), 10, { status: 'succeeded' }))
      expect(await given().nextAt()).toBe(at(6))
    })
  })
}

function listing(given: Given): void {
  describe('the list', () => {
    const list = async (filter: Partial<Parameters<Deliveries['list']>[1]>, organizationId = 'organization-1') => {
      const { deliveries, total } = await given().list(organizationId, { skip: 0, limit: 10, ...filter })
      return [idsOf(deliveries), total]
    }
    beforeEach(() =>
      given().add([
        delivery('b', 1),
        delivery('a', 1),
        delivery('c', 2, { webhookType: 'invoice.paid' }),
        delivery('d', 3, { status: 'failed', webhookType: 'invoice.paid' }),
        delivery('x', 4, { organizationId: 'organization-2' }),
      ]),
    )

    it('gives the newest first, and how many there are', async () => {
      expect(await list({})).toEqual([['d', 'c', 'a', 'b'], 4])
      expect(await list({ skip: 1, limit: 2 })).toEqual([['c', 'a'], 4])
      expect(await list({ skip: 9 })).toEqual([[], 4])
      expect(await list({}, 'organization-2')).toEqual([['x'], 1])
      expect(await list({}, 'organization-3')).toEqual([[], 0])
      const { deliveries } = await given().list('organization-1', { skip: 3, limit: 1 })
      expect(deliveries).toEqual([delivery('b', 1)])
    })

    it('obeys its filters together', async () => {
      expect(await list({ webhookType: 'invoice.paid' })).toEqual([['d', 'c'], 2])
      expect(await list({ status: 'pending' })).toEqual([['c', 'a', 'b'], 3])
      expect(await list({ status: 'failed', webhookType: 'invoice.paid' })).toEqual([['d'], 1])
      expect(await list({ status: 'failed', webhookType: 'invoice.created' })).toEqual([[], 0])
    })
  })
}

function lookedAt(given: Given): void {
  describe('an operator', () => {
    const foreign = delivery('x', 4, { organizationId: 'organization-2', eventId: derivedId('event', 'c') })
    const search = async (given_: Partial<Parameters<Deliveries['search']>[0]>) =>
      idsOf(await given().search({ from: at(0), to: at(100), limit: 10, ...given_ }))
    beforeEach(() => given().add([delivery('b', 1), delivery('a', 1), delivery('c', 3, { status: 'failed' }), foreign]))

    it('finds what an event caused, in every organization', async () => {
      expect(await given().ofEvent(derivedId('event', 'c'))).toEqual([delivery('c', 3, { status: 'failed' }), foreign])
      expect(await given().ofEvent(derivedId('event', 'unknown'))).toEqual([])
    })

    it('searches by time, oldest first', async () => {
      expect(await search({})).toEqual(['a', 'b', 'c', 'x'])
      expect(await search({ from: at(1), to: at(4) })).toEqual(['a', 'b', 'c'])
      expect(await search({ status: 'failed' })).toEqual(['c'])
      expect(await search({ organizationId: 'organization-2' })).toEqual(['x'])
    })

    it('pages through them', async () => {
      expect(await search({ limit: 2 })).toEqual(['a', 'b'])
      expect(await search({ limit: 2, after: { createdAt: at(1), id: 'a' } })).toEqual(['b', 'c'])
      expect(await search({ after: { createdAt: at(4), id: 'x' } })).toEqual([])
    })
  })
}

function judging(given: Given): void {
  describe('an endpoint', () => {
    const own = { organizationId: 'organization-1', endpointId: 'endpoint-1' }

    it('is counted by what became of its deliveries', async () => {
      await given().add([
        delivery('a', 1),
        delivery('b', 1, { status: 'failed' }),
        delivery('c', 1, { status: 'succeeded' }),
        delivery('d', 1, { status: 'succeeded' }),
        delivery('e', 1, { endpointId: 'endpoint-0' }),
        delivery('x', 1, { organizationId: 'organization-2' }),
      ])
      expect(await given().stats('organization-1')).toEqual([
        { endpointId: 'endpoint-0', succeeded: 0, failed: 0, pending: 1, total: 1 },
        { endpointId: 'endpoint-1', succeeded: 2, failed: 1, pending: 1, total: 4 },
      ])
      expect(await given().stats('organization-3')).toEqual([])
    })

    it('has been failing since the first failure after its last success', async () => {
      const since = () => given().failingSince(own.organizationId, own.endpointId)
      const all = ['a', 'b', 'c', 'd'].map((id) => delivery(id, 1, { objectId: id }))
      await given().add([...all, delivery('e', 1, { endpointId: 'endpoint-2' })])
      expect(await since()).toBeUndefined()
      const failed = { status: 'failed' } as const
      await given().record(...tried(delivery('a', 1, { objectId: 'a' }), 10, failed))
      expect(await since()).toBe(at(10))
      await given().record(...tried(delivery('b', 1, { objectId: 'b' }), 20, { status: 'succeeded' }))
      await given().record(...tried(delivery('e', 1, { endpointId: 'endpoint-2' }), 25, failed))
      expect(await since()).toBeUndefined()
      await given().record(...tried(delivery('d', 1, { objectId: 'd' }), 40, failed))
      await given().record(...tried(delivery('c', 1, { objectId: 'c' }), 30, failed))
      expect(await since()).toBe(at(30))
      expect(await given().failingSince('organization-2', own.endpointId)).toBeUndefined()
    })

    it('that is gone ends what is open for it', async () => {
      const done = delivery('done', 1, { objectId: 'z', status: 'succeeded', nextAttemptAt: null })
      const others = [delivery('b', 1, { endpointId: 'endpoint-2' }), delivery('x', 1, { organizationId: 'o-2' })]
      await given().add([delivery('a', 1), done, ...others])
      await given().cancelOf(own.organizationId, own.endpointId, at(9))
      const ended = delivery('a', 1, { status: 'failed', nextAttemptAt: null, updatedAt: at(9) })
      expect(await given().get(own.organizationId, 'a')).toEqual(ended)
      expect(await given().get(own.organizationId, 'done')).toEqual(done)
      expect(idsOf(await take(given(), 9))).toEqual(['b', 'x'])
    })
  })
}
