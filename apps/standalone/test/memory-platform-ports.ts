import {
  createMemoryPorts,
  MemoryCheckpoints,
  MemoryEventStore,
  MemoryKeyUses,
  MemoryUsageLog,
  MemoryViews,
  withPersonalData,
  withUpcasting,
  type Log,
  type PlatformPorts,
} from '@billstream/event-sourcing-runtime'
import { eventRegistry } from '@billstream/hosting'
import type { Clock } from '@billstream/kernel'
import { systemIds, systemSleeper } from '@billstream/platform'

/** All ports in memory; what they hold ends with the process. */
export function memoryPlatformPorts(clock: Clock, log: Log): PlatformPorts {
  const memory = createMemoryPorts()
  const views = new MemoryViews(systemSleeper, memory.projectionControls)
  const personal = withPersonalData(new MemoryEventStore(clock), eventRegistry, memory.personKeys)
  return {
    ...memory,
    ...{ views, viewsAnywhere: views, viewWriter: views, viewProgress: views, viewRebuilds: views },
    events: eventRegistry,
    eventStore: withUpcasting(personal, eventRegistry),
    keyUses: new MemoryKeyUses(),
    checkpoints: new MemoryCheckpoints(),
    usageLog: new MemoryUsageLog(),
    ...{ clock, log, ids: systemIds, sleeper: systemSleeper },
  }
}
