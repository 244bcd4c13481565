import { PostgresEventStore, type StoreDatabase } from '@billstream/event-store-postgres'
import { openEventStore } from './event-store'

const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
const database: StoreDatabase = {
  worker: { query: () => Promise.resolve([]) },
  pipeline: { query: () => Promise.resolve([]) },
  notifications: { listen: () => () => undefined },
}

describe('the event store of an installation', () => {
  it('is in its own PostgreSQL where no other is named', () => {
    expect(openEventStore({ database, log })).toBeInstanceOf(PostgresEventStore)
  })

  it.each(['kurrentdb://localhost:2113?tls=false', 'esdb+discover://cluster.example.com'])(
    'is KurrentDB at %p',
    async (url) => {
      const store = openEventStore({ eventStoreUrl: url, database, log })
      expect(store.constructor.name).toBe('KurrentEventStore')
      await store.close()
    },
  )

  it('is not guessed from a URL of something else, which no message quotes', () => {
    const open = () => openEventStore({ eventStoreUrl: 'postgresql://me:pass-word@localhost/x', database, log })
    expect(open).toThrow('begins with kurrentdb:// or esdb://')
    expect(open).not.toThrow('pass-word')
  })
})
