import { ApiKeyCreated, OrganizationCreated } from '@billstream/accounts-contracts'
import type { Command } from '@billstream/event-sourcing-core'
import { createMemoryPorts, MemoryKeyUses, MemoryViews } from '@billstream/event-sourcing-runtime'
import { answerWith, topics } from '@billstream/messaging'
import { InProcessBus } from '@billstream/messaging-in-process'
import { systemSleeper } from '@billstream/platform'
import { fixedClock, sequentialIds } from '@billstream/testing'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import { createGateway } from '../src/create-gateway'
import { hashOfKey } from '../src/edge/authentication/api-key-directory'
import type { GatewaySettings } from '../src/edge/http/gateway-settings'
import { AccountsInMemory } from './accounts-in-memory'

export const ADMIN_SECRET = 'admin-secret-of-at-least-32-characters'
export const ACME = '00000000-0000-7000-8000-0000000000aa'
export const OTHER = '00000000-0000-7000-8000-0000000000bb'
export const ACME_KEY = `bxb_live_${'a'.repeat(64)}`
export const OTHER_KEY = `bxb_live_${'b'.repeat(64)}`

const settings: GatewaySettings = {
  adminSecret: ADMIN_SECRET,
  serverSecret: 'server-secret-of-at-least-32-characters',
  rateLimits: { ingestPerMinute: 2, apiPerMinute: 1_000 },
  corsOrigins: ['https://app.example.com'],
  version: '1.2.3',
  domain: 'localhost:3000',
  ready: () => true,
  drainMs: 0,
}

interface Sent {
  readonly key?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** Instead of `body`: bytes as they are. */
  readonly raw?: string | Buffer
}

/** A whole gateway in memory, with two organizations and a service of accounts without rules. */
export async function startGateway(overrides: Partial<GatewaySettings> = {}) {
  const clock = fixedClock('2026-06-01T00:00:00.000Z')
  const views = new MemoryViews(systemSleeper)
  const logged: Record<string, unknown>[] = []
  const log = {
    info: () => undefined,
    warn: (fields: Record<string, unknown>) => void logged.push(fields),
    error: (fields: Record<string, unknown>) => void logged.push(fields),
  }
  const accounts = new AccountsInMemory(views, clock)
  await accounts.start()
  const bus = new InProcessBus()
  bus.serve(topics.commands('accounts'), (message) =>
    answerWith(
      () => accounts.handle(message as Command),
      () => undefined,
    ),
  )
  const ports = {
    ...createMemoryPorts(),
    ...{ views, viewsAnywhere: views, viewProgress: views, keyUses: new MemoryKeyUses() },
    ...{ clock, ids: sequentialIds(), sleeper: systemSleeper, log },
  }
  const application = await createGateway(ports, bus, { ...settings, ...overrides })
  await openOrganization(accounts, { organizationId: ACME, slug: 'acme', test: true }, ACME_KEY)
  await openOrganization(accounts, { organizationId: OTHER, slug: 'other', test: false }, OTHER_KEY)
  return { application, accounts, bus, clock, ports, logged, call: caller(application) }
}

export type GatewayUnderTest = Awaited<ReturnType<typeof startGateway>>

function caller(application: NestFastifyApplication) {
  return async (method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS', url: string, sent: Sent = {}) => {
    const { key, headers = {}, body, raw } = sent
    const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body))
    const response = await application.inject({
      method,
      url,
      headers: {
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
        ...(payload !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(payload !== undefined && { payload }),
    })
    const text = response.body
    const json = (
      text === '' || !/json/.test(String(response.headers['content-type'])) ? text : JSON.parse(text)
    ) as unknown
    return { status: response.statusCode, headers: response.headers, text, json }
  }
}

async function openOrganization(
  accounts: AccountsInMemory,
  { organizationId, slug, test }: { organizationId: string; slug: string; test: boolean },
  rawKey: string,
): Promise<void> {
  const key = {
    keyId: `${organizationId.slice(0, -1)}0`,
    name: 'first',
    prefix: rawKey.slice(0, 12),
    hash: hashOfKey(rawKey),
    expiresAt: null,
  }
  const created = OrganizationCreated({
    organizationId,
    slug,
    test,
    name: slug,
    defaultCurrency: 'USD',
    timezone: 'UTC',
    logoUrl: null,
    portalAccentColor: null,
    portalWelcomeMessage: null,
    hmacKeySecretId: 'none',
  })
  await accounts.record(organizationId, created, ApiKeyCreated({ organizationId, key }))
}
