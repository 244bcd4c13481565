import { accountsService } from '@billstream/accounts'
import { accountsProjections } from '@billstream/accounts-read-model'
import {
  createMemoryPorts,
  MemoryCheckpoints,
  MemoryEventStore,
  MemoryKeyUses,
  MemoryViews,
  type PlatformPorts,
} from '@billstream/event-sourcing-runtime'
import { createGateway } from '@billstream/gateway'
import { eventRegistry } from '@billstream/hosting'
import { createLog, Metrics, systemClock, systemIds, systemSleeper } from '@billstream/platform'
import { runPlatform } from '@billstream/standalone'
import { usageService } from '@billstream/usage'
import { usageProjections } from '@billstream/usage-read-model'
import { InstantUsageLog } from './instant-usage-log'

/** The same gateway and the same services on memory: ingestion with everything but the database. */
async function main(): Promise<void> {
  const log = createLog('error')
  const ports = memoryPorts(log)
  const signals = { log, metrics: new Metrics(log) }
  const platform = await runPlatform({
    ports,
    signals,
    projections: [...accountsProjections, ...usageProjections],
    services: (servicePorts) => [accountsService(servicePorts), usageService(servicePorts)],
  })
  const { ADMIN_SECRET: adminSecret = '', SERVER_SECRET: serverSecret = '' } = process.env
  const gateway = await createGateway(ports, platform.bus, {
    ...{ adminSecret, serverSecret, corsOrigins: [], version: '0', domain: 'localhost' },
    rateLimits: { ingestPerMinute: Number.MAX_SAFE_INTEGER, apiPerMinute: Number.MAX_SAFE_INTEGER },
    drainMs: 0,
    ready: () => true,
    signals: { ...signals, metricsAccess: 'nobody' },
  })
  await gateway.listen(0, '127.0.0.1')
  process.on('SIGINT', () => process.exit(0))
  process.stdout.write(`The platform on memory is ready at ${await gateway.getUrl()}\n`)
}

function memoryPorts(log: PlatformPorts['log']): PlatformPorts {
  const views = new MemoryViews(systemSleeper)
  return {
    ...createMemoryPorts(),
    events: eventRegistry,
    eventStore: new MemoryEventStore(systemClock),
    ...{ views, viewsAnywhere: views, viewWriter: views, viewRebuilds: views, viewProgress: views },
    keyUses: new MemoryKeyUses(),
    checkpoints: new MemoryCheckpoints(),
    usageLog: new InstantUsageLog(),
    ...{ clock: systemClock, ids: systemIds, sleeper: systemSleeper, log },
  }
}

void main()
