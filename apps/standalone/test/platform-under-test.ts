import type { Log, PlatformPorts } from '@billstream/event-sourcing-runtime'
import { createGateway } from '@billstream/gateway'
import {
  allProjections,
  observedPorts,
  observedProvider,
  openPostgresPlatform,
  readConsumerLags,
  readPools,
  readProjectionLags,
  readQueueDepths,
} from '@billstream/hosting'
import { MemorySandboxCharges, SandboxProvider } from '@billstream/payment-providers-sandbox'
import { createLog, Metrics, systemClock, systemSleeper, type Tracing } from '@billstream/platform'
import { allServices } from '../src/composition/all-services'
import { runPlatform, type RunningPlatform } from '../src/composition/running-platform'

export const ADMIN_SECRET = 'the secret of an admin of this spec'
const PLENTY = 1_000_000

export interface Answer<T> {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: T
}

/** How a client calls the public API. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

export interface PlatformUnderTest {
  readonly ports: PlatformPorts
  readonly bus: RunningPlatform['bus']
  readonly metrics: Metrics
  call<T = Record<string, unknown>>(call: Call): Promise<Answer<T>>
  stop(): Promise<void>
}

/** Every service, projection and the gateway on one PostgreSQL, as the standalone program composes them. */
export async function startPlatform(
  connectionString: string,
  { log = createLog('error'), tracing }: { log?: Log; tracing?: Tracing } = {},
): Promise<PlatformUnderTest> {
  const serverSecret = 'the secret of the server of this spec'
  const metrics = new Metrics(log)
  const signals = { log, metrics, tracing }
  const opened = await openPostgresPlatform({ connectionString, serverSecret, alone: true }, log)
  const ports = observedPorts(opened.ports, signals)
  const provider = new SandboxProvider({
    charges: new MemorySandboxCharges(),
    clock: systemClock,
    sleeper: systemSleeper,
    signingSecret: 'the secret of the sandbox of this spec',
  })
  const webhookTargets = { allowPrivate: false, allowLoopback: true }
  const services = { paymentProviders: [observedProvider(provider, signals)], webhookTargets }
  const platform = await runPlatform({
    ports,
    projections: allProjections,
    signals,
    services: (servicePorts) => allServices(servicePorts, services),
  })
  const gateway = await createGateway(ports, platform.bus, {
    ...{ adminSecret: ADMIN_SECRET, serverSecret, corsOrigins: [], version: '0', domain: 'localhost' },
    rateLimits: { ingestPerMinute: PLENTY, apiPerMinute: PLENTY },
    drainMs: 0,
    ready: () => Promise.resolve(true),
    signals: { ...signals, metricsAccess: 'everybody' },
  })
  metrics.readWith(readProjectionLags(() => ports.viewProgress.positions(), ports))
  metrics.readWith(readConsumerLags(platform.positions, ports))
  metrics.readWith(readQueueDepths(opened))
  metrics.readWith(readPools(opened.database))
  return {
    ports,
    bus: platform.bus,
    call: callerOf(gateway),
    metrics,
    async stop() {
      await gateway.close()
      await platform.stop()
      await opened.close()
    },
  }
}

/** Calls a gateway as a client does, without a network between. */
export function callerOf(gateway: Awaited<ReturnType<typeof createGateway>>): PlatformUnderTest['call'] {
  return async <T>({ body, headers, ...request }: Call): Promise<Answer<T>> => {
    const payload = body === undefined ? undefined : { 'content-type': 'application/json' }
    const answer = await gateway.inject({
      ...request,
      headers: { ...payload, ...headers },
      ...(body !== undefined && { payload: JSON.stringify(body) }),
    })
    const isJson = String(answer.headers['content-type']).startsWith('application/json')
    const json = (answer.body === '' || !isJson ? undefined : JSON.parse(answer.body)) as T
    return { status: answer.statusCode, headers: answer.headers, body: json }
  }
}
