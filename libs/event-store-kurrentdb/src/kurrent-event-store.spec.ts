import { eventStoreConformance } from '@billstream/event-sourcing-runtime'
import { MemoryKurrentServer } from '../test/kurrent-server.memory'
import { KurrentEventStore } from './kurrent-event-store'

const log = { info: () => undefined, warn: () => undefined, error: () => undefined }

eventStoreConformance('KurrentDB, its adapter over a server in memory', async () => {
  const server = new MemoryKurrentServer()
  const open = (): KurrentEventStore => new KurrentEventStore({ connect: () => server.connect(), log })
  const [store, another] = [open(), open()]
  return {
    store,
    another,
    idsUniqueIn: 'stream',
    loseConnections: () => {
      server.dropSubscriptions()
      return Promise.resolve()
    },
    stop: async () => {
      await store.close()
      await another.close()
    },
  }
})
