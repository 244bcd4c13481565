import type { Delivery } from '../ports/deliveries.port'
import { delivery, idsOf, otherObject, take, tried, type Given } from './deliveries.kit-support'
import { at } from './kit-instants'

export function recording(given: Given): void {
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

export function recordingTooLate(given: Given): void {
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

export function retrying(given: Given): void {
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
