import { derivedId } from '@billstream/kernel'
import type { Deliveries } from '../ports/deliveries.port'
import { delivery, idsOf, otherObject, type Given } from './deliveries.kit-support'
import { at } from './kit-instants'

export function listing(given: Given): void {
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

export function lookedAt(given: Given): void {
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

    it('finds what is about an object', async () => {
      await given().add([delivery('other', 2, otherObject)])
      expect(await search({ object: { objectType: 'invoice', objectId: 'invoice-1' } })).toEqual(['a', 'b', 'c', 'x'])
      expect(await search({ object: { objectType: 'invoice', ...otherObject } })).toEqual(['other'])
      expect(await search({ object: { objectType: 'customer', ...otherObject } })).toEqual([])
    })

    it('pages through them', async () => {
      expect(await search({ limit: 2 })).toEqual(['a', 'b'])
      expect(await search({ limit: 2, after: { createdAt: at(1), id: 'a' } })).toEqual(['b', 'c'])
      expect(await search({ after: { createdAt: at(4), id: 'x' } })).toEqual([])
    })
  })
}
