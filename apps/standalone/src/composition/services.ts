import { once } from 'node:events'
import { resolve } from 'node:path'
import { makeFolder, startEmbeddedServer } from '@billstream/embedded-server'
import type { Log } from '@billstream/event-sourcing-runtime'
import { Closers, openMember, openSignals, type OpenSignals, type ServiceSettings } from '@billstream/hosting'
import { provideSecrets, type Secrets } from '@billstream/platform'
import { provideDemoOrganization } from '../demo/demo-organization'
import type { RunningProgram } from '../program/run-program'
import { untilPortsAreFree } from '../services/free-ports'
import { ServiceProcess, STOP_TIMEOUT_MS } from '../services/service-process'
import { watchProcesses } from '../services/watch-processes'
import type { ServicesSettings } from '../services/services-settings'

const SERVICES = ['projector', 'accounts', 'subscriptions', 'usage', 'invoicing', 'checkout', 'webhooks'] as const
const PROGRAMS = resolve(__dirname, '../..')
/** For appends, notifications, leases and migrations: what one process may hold of PostgreSQL's connections beside its two pools. */
const CONNECTIONS_BESIDE_POOLS = 4
const CONNECTIONS_BESIDE = 20

/** Every service as processes of their own over Kafka, kept running by this one. */
export async function startServices(settings: ServicesSettings, signal: AbortSignal): Promise<RunningProgram> {
  const signals = openSignals('services', settings)
  const { log } = signals
  const closers = new Closers(signal)
  closers.push(signals.close)
  try {
    return await openAll(settings, { signals, closers, signal })
  } catch (error) {
    await closers.run(log)
    throw error
  }
}

interface Surroundings {
  readonly signals: OpenSignals
  readonly closers: Closers
  readonly signal: AbortSignal
}

async function openAll(
  settings: ServicesSettings,
  { signals, closers, signal }: Surroundings,
): Promise<RunningProgram> {
  const { log } = signals
  makeFolder(settings.dataDir, 0o711)
  const secrets = provideSecrets(settings.dataDir, settings)
  const databaseUrl = settings.databaseUrl ?? (await embedded(settings, log, closers))
  // Before anything is started in vain; but a second start on the same folder is rather told of the folder.
  await untilPortsAreFree(
    settings.host,
    gatewayPorts(settings).filter((port) => port !== 0),
  )
  const environment = environmentOf(settings, { databaseUrl, secrets })
  // Migrations and topics are made here once, before the services look for them.
  const member = await openMember(memberSettings(settings, { databaseUrl, secrets }), signals, closers)
  const watch = watchProcesses(settings.drainMs + STOP_TIMEOUT_MS)
  closers.push(() => Promise.resolve(watch.callOff()))
  const make = (app: string, replica: number, more: Record<string, string> = {}) =>
    new ServiceProcess({
      name: `${app}-${replica}`,
      main: resolve(PROGRAMS, app, 'main.js'),
      environment: { ...process.env, ...environment, ...more },
      drainMs: app === 'gateway' ? settings.drainMs : 0,
      log,
      watch,
      say: (line) => void process.stdout.write(`${line}\n`),
    })
  const gateways = await startProcesses(settings, make, { closers, signal })
  const demo = await provideDemoOrganization(settings, member.ports)
  return {
    address: gateways[0] ?? '',
    demoKey: demo.key,
    log,
    stop: () => closers.run(log),
  }
}

/** Of the first one, and of its replicas on the ports that follow. */
function gatewayPorts({ port, replicas }: ServicesSettings): number[] {
  return Array.from({ length: replicas }, (_, index) => (port === 0 ? 0 : port + index))
}

type MakeProcess = (app: string, replica: number, more?: Record<string, string>) => ServiceProcess

/** All at once; the addresses of the gateways. Stopped all at once as well: nobody waits for one that is gone. */
async function startProcesses(
  settings: ServicesSettings,
  make: MakeProcess,
  { closers, signal }: Omit<Surroundings, 'signals'>,
): Promise<string[]> {
  const ports = gatewayPorts(settings)
  const services = SERVICES.flatMap((app) => ports.map((_, index) => make(app, index + 1)))
  const gateways = ports.map((port, index) => make('gateway', index + 1, { PORT: String(port) }))
  closers.push(async () => {
    await Promise.all(gateways.map((gateway) => gateway.stop()))
    await Promise.all(services.map((service) => service.stop()))
  })
  const starting = Promise.all([...services, ...gateways].map((each) => each.start()))
  const started = await Promise.race([starting, whenAborted(signal)])
  return started.slice(services.length)
}

async function whenAborted(signal: AbortSignal): Promise<never> {
  if (!signal.aborted) await once(signal, 'abort')
  throw signal.reason
}

interface Shared {
  readonly databaseUrl: string
  readonly secrets: Secrets
}

function environmentOf(settings: ServicesSettings, { databaseUrl, secrets }: Shared): Record<string, string> {
  const { kafka, host, logLevel, loopback } = settings
  const targets = process.env['WEBHOOK_PRIVATE_TARGETS'] ?? (loopback ? '' : 'refuse')
  return {
    DATABASE_URL: databaseUrl,
    DATABASE_POOL_MAX: String(settings.poolMax),
    KAFKA_BROKERS: kafka.brokers.join(','),
    SERVER_SECRET: secrets.serverSecret,
    ADMIN_SECRET: secrets.adminSecret,
    WEBHOOK_PRIVATE_TARGETS: targets,
    HOST: host,
    HEALTH_PORT: '0',
    LOG_LEVEL: logLevel,
    MIGRATE: 'off',
  }
}

function memberSettings(settings: ServicesSettings, { databaseUrl, secrets }: Shared): ServiceSettings {
  const { kafka, webhookTargets, logLevel, signals } = settings
  return {
    ...{ kafka, databaseUrl, webhookTargets, logLevel, signals, poolMax: 1, migrations: 'run' },
    serverSecret: secrets.serverSecret,
    ...(settings.eventStoreUrl !== undefined && { eventStoreUrl: settings.eventStoreUrl }),
    healthHost: '127.0.0.1',
    healthPort: 0,
  }
}

async function embedded({ dataDir, replicas, poolMax }: ServicesSettings, log: Log, closers: Closers): Promise<string> {
  const processes = (SERVICES.length + 1) * replicas
  const server = await startEmbeddedServer({
    dataDir,
    log: (message) => log.info({}, message),
    settings: { max_connections: String(processes * (2 * poolMax + CONNECTIONS_BESIDE_POOLS) + CONNECTIONS_BESIDE) },
  })
  closers.push(() => server.stop())
  return server.connectionString
}
