import type { PlatformPorts } from '@billstream/event-sourcing-runtime'
import { createGateway } from '@billstream/gateway'
import { allProjections, openPostgresPlatform } from '@billstream/hosting'
import { MemorySandboxCharges, SandboxProvider } from '@billstream/payment-providers-sandbox'
import { createLog, systemClock, systemSleeper } from '@billstream/platform'
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
  call<T = Record<string, unknown>>(call: Call): Promise<Answer<T>>
  stop(): Promise<void>
}

/** Every service, projection and the gateway on one PostgreSQL, as the standalone program composes them. */
export async function startPlatform(connectionString: string): Promise<PlatformUnderTest> {
  const serverSecret = 'the secret of the server of this spec'
  const { ports, close } = await openPostgresPlatform({ connectionString, serverSecret }, createLog('error'))
  const provider = new SandboxProvider({
    charges: new MemorySandboxCharges(),
    clock: systemClock,
    sleeper: systemSleeper,
    signingSecret: 'the secret of the sandbox of this spec',
  })
  const webhookTargets = { allowPrivate: false, allowLoopback: true }
  const services = { paymentProviders: [provider], webhookTargets }
  const platform = await runPlatform({
    ports,
    projections: allProjections,
    services: (servicePorts) => allServices(servicePorts, services),
  })
  const gateway = await createGateway(ports, platform.bus, {
    ...{ adminSecret: ADMIN_SECRET, serverSecret, corsOrigins: [], version: '0', domain: 'localhost' },
    rateLimits: { ingestPerMinute: PLENTY, apiPerMinute: PLENTY },
    ready: () => Promise.resolve(true),
  })
  return {
    ports,
    bus: platform.bus,
    call: callerOf(gateway),
    async stop() {
      await gateway.close()
      await platform.stop()
      await close()
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
    const json = (answer.body === '' ? undefined : JSON.parse(answer.body)) as T
    return { status: answer.statusCode, headers: answer.headers, body: json }
  }
}
