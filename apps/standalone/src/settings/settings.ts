import { resolve } from 'node:path'
import {
  isLoopback,
  LOG_LEVELS,
  readDrainMs,
  readRateLimits,
  readSignals,
  readWebhookTargets,
  SettingReader,
  SettingsInvalid,
  type Environment,
  type RateLimits,
  type SignalSettings,
} from '@billstream/hosting'

/** Settings of the embedded profile, read from the environment once, at start. */
export interface Settings {
  readonly port: number
  readonly host: string
  readonly dataDir: string
  /** Absent: the embedded PostgreSQL. */
  readonly databaseUrl?: string
  /** `kurrentdb://...`; absent: events lie in PostgreSQL too. */
  readonly eventStoreUrl?: string
  /** Absent while HOST is loopback: generated into DATA_DIR. */
  readonly adminSecret?: string
  readonly serverSecret?: string
  readonly bootstrapApiKey?: string
  readonly demo: 'on' | 'off'
  readonly loopback: boolean
  readonly webhookTargets: { readonly allowPrivate: boolean; readonly allowLoopback: boolean }
  readonly corsOrigins: readonly string[]
  readonly rateLimits: RateLimits
  readonly drainMs: number
  readonly logLevel: string
  readonly signals: SignalSettings
}

/** Throws SettingsInvalid with everything that is wrong, not only the first. */
export function readSettings(environment: Environment): Settings {
  const problems: string[] = []
  const read = new SettingReader(environment, problems)
  if (read.text('KAFKA_BROKERS') !== undefined) {
    problems.push(
      'KAFKA_BROKERS: npm start runs every service in one process without Kafka; use `npm run services` instead.',
    )
  }
  const host = read.text('HOST') ?? '127.0.0.1'
  const loopback = isLoopback(host)
  const required = loopback ? undefined : 'while HOST is not loopback'
  const settings: Settings = {
    port: read.integer('PORT', 3000, { min: 0, max: 65_535 }),
    host,
    dataDir: resolve(read.text('DATA_DIR') ?? '.data'),
    demo: read.oneOf('DEMO', ['on', 'off'], 'on'),
    loopback,
    webhookTargets: readWebhookTargets(read, loopback),
    corsOrigins: read.origins('CORS_ORIGINS'),
    rateLimits: readRateLimits(read),
    drainMs: readDrainMs(read),
    logLevel: read.oneOf('LOG_LEVEL', LOG_LEVELS, 'warn'),
    signals: readSignals(read),
    ...onlyGiven({
      adminSecret: read.secret('ADMIN_SECRET', required),
      serverSecret: read.secret('SERVER_SECRET', required),
      databaseUrl: read.databaseUrl(),
      eventStoreUrl: read.text('EVENT_STORE_URL'),
      bootstrapApiKey: read.apiKey('BOOTSTRAP_API_KEY'),
    }),
  }
  if (problems.length > 0) throw new SettingsInvalid(problems)
  return settings
}

function onlyGiven<Name extends string>(texts: Record<Name, string | undefined>): Partial<Record<Name, string>> {
  const given = Object.entries(texts).filter(([, text]) => text !== undefined)
  return Object.fromEntries(given) as Partial<Record<Name, string>>
}
