import { openKurrentEventStore } from '@billstream/event-store-kurrentdb'
import { MemoryEventStore, StoreUnavailable } from '@billstream/event-sourcing-runtime'
import { systemClock, systemSleeper } from '@billstream/platform'
import { CannotStart } from './cannot-start'
import { answersNow, reachEventStore } from './reach-event-store'

const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
/** Nothing listens there. */
const NOWHERE = 'kurrentdb://admin:pass-word@127.0.0.1:1'
/** Waits for nobody. */
const hasty = { sleep: () => Promise.resolve() }
const silent = { head: () => new Promise<never>(() => undefined) }

describe('an event store that a program needs', () => {
  describe('at which nobody answers', () => {
    const store = openKurrentEventStore({ url: NOWHERE, log })
    afterAll(() => store.close())

    it('is named with the setting, the place and the cause, in one line and without the password', async () => {
      const failure = await reachEventStore(NOWHERE, store).catch((error: Error) => error)
      expect(failure).toBeInstanceOf(CannotStart)
      const { message } = failure as Error
      expect(message).toMatch(/^EVENT_STORE_URL: KurrentDB at 127\.0\.0\.1:1 cannot be used: .+\.$/)
      expect(message).not.toMatch(/\n|pass-word/)
    })

    it('does not answer now', async () => expect(await answersNow(store, systemSleeper)).toBe(false))
  })

  describe('that says nothing', () => {
    it('does not answer now', async () => expect(await answersNow(silent, hasty)).toBe(false))
  })

  describe('that answers', () => {
    const store = new MemoryEventStore(systemClock)

    it('is reached', async () => {
      await expect(reachEventStore(NOWHERE, store)).resolves.toBeUndefined()
      expect(await answersNow(store, systemSleeper)).toBe(true)
    })
  })

  describe('that is PostgreSQL', () => {
    it('was reached with it', async () => {
      const away = { head: () => Promise.reject(new StoreUnavailable('never asked')) }
      await expect(reachEventStore(undefined, away)).resolves.toBeUndefined()
    })
  })
})
