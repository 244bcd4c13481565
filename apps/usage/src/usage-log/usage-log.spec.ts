import { MemoryUsageLog } from '@billstream/event-sourcing-runtime'
import { usageMeasuresTheSame } from '../../test/usage-log-properties'

describe('the usage log in memory', () => {
  const log = new MemoryUsageLog()
  usageMeasuresTheSame(() => log, 100)
})
