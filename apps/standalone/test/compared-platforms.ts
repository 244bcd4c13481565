import { setMaxListeners } from 'node:events'
import type { Log, PlatformPorts, Quiescence } from '@billstream/event-sourcing-runtime'
import { createGateway } from '@billstream/gateway'
import {
  allProjections,
  Closers,
  joinBrokers,
  openPostgresPlatform,
  publishedAs,
  serveOverKafka,
} from '@billstream/hosting'
import type { MessageBus } from '@billstream/messaging'
import { OutgoingMessages, runEventRelay } from '@billstream/messaging-kafka'
import { MemorySandboxCharges, SandboxProvider } from '@billstream/payment-providers-sandbox'
import { createLog, Metrics, systemSleeper } from '@billstream/platform'
import { runProjector } from '@billstream/projector'
import { createTestDatabase, testBroker, uniqueName } from '@billstream/testing'
import { allServices } from '../src/composition/all-services'
import { runPlatform } from '../src/composition/running-platform'
import { steppedClock, type SteppedClock } from './stepped-clock'
import { memoryPlatformPorts } from './memory-platform-ports'
import { callerOf, type Call, type Answer } from './platform-under-test'

const SERVER_SECRET = 'the secret of the server of this spec'
const PARTITIONS = 3
const PLENTY = 1_000_000

export type Store = 'memory' | 'PostgreSQL'
export type Transport = 'in process' | 'Kafka'

/** One way to run the platform, at a time that the test begins. */
export interface ComparedPlatform {
  readonly name: string
  readonly ports: PlatformPorts
  readonly bus: MessageBus
  readonly clock: SteppedClock
  readonly quiescence: Quiescence
  call<T>(call: Call): Promise<Answer<T>>
  stop(): Promise<void>
}

type AtWork = Pick<ComparedPlatform, 'bus' | 'quiescence'>

/** All services, projections and the gateway in this process, on that store, over that transport. */
export async function startCompared(store: Store, transport: Transport): Promise<ComparedPlatform> {
  const name = `${store}, ${transport}`
  const [clock, log, closers] = [steppedClock(), logOf(name), new Closers()]
  const ports: PlatformPorts =
    store === 'memory' ? memoryPlatformPorts(clock, log) : { ...(await onPostgres(log, closers)), clock }
  const { bus, quiescence } = await (transport === 'Kafka' ? overKafka(ports, closers) : inProcess(ports, closers))
  const gateway = await createGateway(ports, bus, {
    ...{ adminSecret: SERVER_SECRET, serverSecret: SERVER_SECRET, corsOrigins: [], version: '0', domain: 'localhost' },
    rateLimits: { ingestPerMinute: PLENTY, apiPerMinute: PLENTY },
    drainMs: 0,
    ready: () => Promise.resolve(true),
  })
  closers.push(() => gateway.close())
  const stop = () => closers.run(log)
  return { name, ports, bus, clock, quiescence, call: callerOf(gateway), stop }
}

async function onPostgres(log: Log, closers: Closers): Promise<PlatformPorts> {
  const { connectionString, drop } = await createTestDatabase()
  closers.push(drop)
  const { ports, close } = await openPostgresPlatform({ connectionString, serverSecret: SERVER_SECRET }, log)
  closers.push(close)
  return ports
}

async function inProcess(ports: PlatformPorts, closers: Closers): Promise<AtWork> {
  const settings = settingsOfServices(ports)
  const platform = await runPlatform({
    ports,
    signals: { log: ports.log, metrics: new Metrics(ports.log) },
    projections: allProjections,
    services: (servicePorts) => allServices(servicePorts, settings),
  })
  closers.push(() => platform.stop())
  return platform
}

async function overKafka(ports: PlatformPorts, closers: Closers): Promise<AtWork> {
  const settings = {
    ...{ brokers: [testBroker()], clientId: 'compared', topicPrefix: uniqueName('compared') },
    ...{ partitions: PARTITIONS, replicationFactor: 1, serverSecret: SERVER_SECRET },
  }
  const joined = await joinBrokers(settings, ports, closers)
  const relayed = new OutgoingMessages(joined.kafka, ports.log)
  closers.push(() => relayed.close())
  const stopping = new AbortController()
  setMaxListeners(0, stopping.signal)
  const running = Promise.all([
    runProjector(allProjections, ports, stopping.signal),
    runEventRelay(publishedAs, (message) => relayed.send(message), ports, stopping.signal),
  ])
  closers.push(async () => {
    stopping.abort()
    await running
  })
  const services = allServices(joined.ports, settingsOfServices(ports))
  await Promise.all(services.map((service) => serveOverKafka(service, joined, closers)))
  return joined.ports
}

function settingsOfServices({ clock }: PlatformPorts) {
  const sandbox = new SandboxProvider({
    charges: new MemorySandboxCharges(),
    clock,
    sleeper: systemSleeper,
    signingSecret: 'the secret of the sandbox of this spec',
  })
  return { paymentProviders: [sandbox], webhookTargets: { allowPrivate: false, allowLoopback: true } }
}

/** Only what is wrong, and on which platform. */
function logOf(platform: string): Log {
  const log = createLog('error')
  return { ...log, error: (fields, message) => log.error({ platform, ...fields }, message) }
}
