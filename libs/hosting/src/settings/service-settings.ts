import type { KafkaSettings } from '@billstream/messaging-kafka'
import { readKafkaSettings } from './kafka-settings'
import { isLoopback, SettingReader, SettingsInvalid, type Environment } from './setting-reader'
import {
  LOG_LEVELS,
  readDrainMs,
  readRateLimits,
  readSignals,
  readWebhookTargets,
  type RateLimits,
  type SignalSettings,
  type WebhookTargetSettings,
} from './shared-settings'

/** Connections of each of the two roles, per process. */
const POOL_MAX = 4
const WHY_SECRET = 'and the same for all services'

/** Settings of a service as a process of its own, from its environment. */
export interface ServiceSettings {
  readonly kafka: KafkaSettings
  readonly databaseUrl: string
  readonly poolMax: number
  /** `run`: missing migrations are run at start, by one process at a time. `wait`: until somebody has run them. */
  readonly migrations: 'run' | 'wait'
  /** `kurrentdb://...`; absent: PostgreSQL. */
  readonly eventStoreUrl?: string
  readonly serverSecret: string
  /** Where /health is; of the gateway it is beside the APIs. */
  readonly healthHost: string
  readonly healthPort: number
  readonly webhookTargets: WebhookTargetSettings
  readonly logLevel: string
  readonly signals: SignalSettings
}

export interface GatewaySettings extends ServiceSettings {
  readonly host: string
  readonly port: number
  readonly adminSecret: string
  readonly corsOrigins: readonly string[]
  readonly rateLimits: RateLimits
  readonly drainMs: number
}

/** Throws SettingsInvalid with everything that is wrong. */
export function readServiceSettings(environment: Environment, name: string): ServiceSettings {
  return whenValid(environment, (read) => readService(read, name))
}

/** Throws SettingsInvalid with everything that is wrong. */
export function readGatewaySettings(environment: Environment): GatewaySettings {
  return whenValid(environment, (read) => {
    const service = readService(read, 'gateway')
    return {
      ...service,
      kafka: { ...service.kafka, replyLane: 'gateways' },
      host: read.text('HOST') ?? '127.0.0.1',
      port: read.integer('PORT', 3000, { min: 0, max: 65_535 }),
      adminSecret: read.secret('ADMIN_SECRET', 'to make organizations') ?? '',
      corsOrigins: read.origins('CORS_ORIGINS'),
      rateLimits: readRateLimits(read),
      drainMs: readDrainMs(read),
    }
  })
}

export function readPoolMax(read: SettingReader): number {
  return read.integer('DATABASE_POOL_MAX', POOL_MAX, { min: 1, max: 1_000 })
}

function whenValid<T>(environment: Environment, readAll: (read: SettingReader) => T): T {
  const problems: string[] = []
  const settings = readAll(new SettingReader(environment, problems))
  if (problems.length > 0) throw new SettingsInvalid(problems)
  return settings
}

function readService(read: SettingReader, name: string): ServiceSettings {
  const healthHost = read.text('HEALTH_HOST') ?? '127.0.0.1'
  const eventStoreUrl = read.text('EVENT_STORE_URL')
  if (read.databaseUrl() === undefined) read.required('DATABASE_URL', 'postgresql://user:password@host:port/database')
  return {
    kafka: readKafkaSettings(read, `billstream-${name}`),
    databaseUrl: read.text('DATABASE_URL') ?? '',
    poolMax: readPoolMax(read),
    migrations: read.oneOf('MIGRATE', ['on', 'off'], 'on') === 'on' ? 'run' : 'wait',
    serverSecret: read.secret('SERVER_SECRET', WHY_SECRET) ?? '',
    healthHost,
    healthPort: read.integer('HEALTH_PORT', 0, { min: 0, max: 65_535 }),
    webhookTargets: readWebhookTargets(read, isLoopback(healthHost)),
    logLevel: read.oneOf('LOG_LEVEL', LOG_LEVELS, 'warn'),
    signals: readSignals(read),
    ...(eventStoreUrl !== undefined && { eventStoreUrl }),
  }
}
