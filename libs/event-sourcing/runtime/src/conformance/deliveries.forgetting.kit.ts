import { delivery, otherObject, take, tried, type Given } from './deliveries.kit-support'

export function forgetting(given: Given): void {
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
