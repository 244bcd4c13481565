import { usageLogConformance } from '../conformance/usage-log.kit'
import { MemoryUsageLog } from './usage-log.memory'

usageLogConformance('memory', () => Promise.resolve({ log: new MemoryUsageLog(), stop: () => Promise.resolve() }))
