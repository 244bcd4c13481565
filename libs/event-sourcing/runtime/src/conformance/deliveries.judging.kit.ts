import { delivery, idsOf, take, tried, type Given } from './deliveries.kit-support'
import { at } from './kit-instants'

export function judging(given: Given): void {
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

    it('does not count as failing for what failed in the instant of a success', async () => {
      await given().add(['a', 'b', 'c'].map((id) => delivery(id, 1, { objectId: id })))
      await given().record(...tried(delivery('a', 1, { objectId: 'a' }), 10, { status: 'failed' }))
      await given().record(...tried(delivery('b', 1, { objectId: 'b' }), 10, { status: 'succeeded' }))
      await given().record(...tried(delivery('c', 1, { objectId: 'c' }), 10, { status: 'failed' }))
      expect(await given().failingSince(own.organizationId, own.endpointId)).toBeUndefined()
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
