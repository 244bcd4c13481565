import { bellsConformance } from '../conformance/bells.kit'
import { MemoryBells } from './bells.memory'

bellsConformance('in memory', () => {
  const bells = new MemoryBells()
  return Promise.resolve({ here: bells, elsewhere: bells, close: () => Promise.resolve() })
})
