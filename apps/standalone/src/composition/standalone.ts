import { createHmac } from 'node:crypto'
import { makeFolder, startEmbeddedServer, type EmbeddedServer } from '@billstream/embedded-server'
import type { Log } from '@billstream/event-sourcing-runtime'
import { createGateway } from '@billstream/gateway'
import {
  allMigrations,
  allProjections,
  Closers,
  metricsAccessBesideApis,
  observedPorts,
  observedProvider,
  openPostgresPlatform,
  openSignals,
  reachDatabase,
  reachEventStore,
  readConsumerLags,
  readPools,
  readProjectionLags,
  readQueueDepths,
  type OpenSignals,
  type PostgresPlatform,
} from '@billstream/hosting'
import { PostgresSandboxCharges, SandboxProvider } from '@billstream/payment-providers-sandbox'
import { provideSecrets, systemClock, systemSleeper } from '@billstream/platform'
import { allServices } from './all-services'
import { runPlatform, type RunningPlatform } from './running-platform'
import { provideDemoOrganization } from '../demo/demo-organization'
import type { RunningProgram } from '../program/run-program'
import type { Settings } from '../settings/settings'

const VERSION = '0.1.0'

/** Starts everything; what was opened is closed again when a later part fails. */
export async function startStandalone(settings: Settings, signal: AbortSignal): Promise<RunningProgram> {
  const signals = openSignals('standalone', settings)
  const { log } = signals
  const stops = new Closers(signal)
  stops.push(signals.close)
  try {
    return await openAll(settings, signals, stops)
  } catch (error) {
    await stops.run(log)
    throw error
  }
}

async function openAll(settings: Settings, signals: OpenSignals, stops: Closers): Promise<RunningProgram> {
  const { log } = signals
  makeFolder(settings.dataDir, 0o711)
  const { adminSecret, serverSecret } = provideSecrets(settings.dataDir, settings)
  const connectionString = settings.databaseUrl ?? (await embedded(settings, log, stops)).connectionString
  const { eventStoreUrl } = settings
  const opening = openPostgresPlatform({ connectionString, serverSecret, eventStoreUrl, alone: true }, log)
  const opened = await reachDatabase(connectionString, opening)
  stops.push(() => opened.close())
  await reachEventStore(eventStoreUrl, opened.ports.eventStore)
  const { database } = opened
  const ports = observedPorts(opened.ports, signals)

  const sandbox = new SandboxProvider({
    charges: new PostgresSandboxCharges(database.worker),
    clock: systemClock,
    sleeper: systemSleeper,
    signingSecret: createHmac('sha256', serverSecret).update('sandbox notifications').digest('hex'),
  })
  const platform = await runPlatform({
    ports,
    projections: allProjections,
    signals,
    services: (servicePorts) =>
      allServices(servicePorts, {
        paymentProviders: [observedProvider(sandbox, signals)],
        webhookTargets: settings.webhookTargets,
      }),
  })
  stops.push(() => platform.stop())
  tellWhatWaits(opened, platform, signals)

  const demo = await provideDemoOrganization(settings, { ...ports, bus: platform.bus })
  const gateway = await createGateway(ports, platform.bus, {
    adminSecret,
    serverSecret,
    rateLimits: settings.rateLimits,
    corsOrigins: settings.corsOrigins,
    version: VERSION,
    domain: `${settings.host}:${settings.port}`,
    drainMs: settings.drainMs,
    ready: async () => (await database.pendingMigrations(allMigrations)).length === 0,
    signals: { ...signals, metricsAccess: metricsAccessBesideApis(settings.signals, settings.host) },
  })
  stops.push(() => gateway.close())
  await gateway.listen(settings.port, settings.host)
  return {
    address: (await gateway.getUrl()).replace('[::1]', 'localhost'),
    demoKey: demo.key,
    log,
    stop: () => stops.run(log),
  }
}

function tellWhatWaits(opened: PostgresPlatform, { positions }: RunningPlatform, { metrics }: OpenSignals): void {
  const { ports, database } = opened
  metrics.readWith(readProjectionLags(() => ports.viewProgress.positions(), ports))
  metrics.readWith(readConsumerLags(positions, ports))
  metrics.readWith(readQueueDepths(opened))
  metrics.readWith(readPools(database))
}

async function embedded(settings: Settings, log: Log, stops: Closers): Promise<EmbeddedServer> {
  const server = await startEmbeddedServer({ dataDir: settings.dataDir, log: (message) => log.info({}, message) })
  stops.push(() => server.stop())
  return server
}
