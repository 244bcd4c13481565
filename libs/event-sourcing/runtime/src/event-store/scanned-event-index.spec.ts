import { fixedClock } from '@billstream/testing'
import { eventIndexConformance } from '../conformance/event-index.kit'
import { MemoryEventStore } from '../memory/event-store.memory'
import { ScannedEventIndex } from './scanned-event-index'

eventIndexConformance('by reading everything', async () => {
  const store = new MemoryEventStore(fixedClock())
  return { store, index: new ScannedEventIndex(store), stop: () => store.close() }
})
