import { isIP } from 'node:net'
import { resolve } from 'node:path'

type PrivateTargets = 'allow' | 'refuse'

/** Settings of the embedded profile, read from the environment once, at start. */
export interface Settings {
  readonly port: number
  readonly host: string
  readonly dataDir: string
  /** Absent: the embedded PostgreSQL. */
  readonly databaseUrl?: string
  /** Absent while HOST is loopback: generated into DATA_DIR. */
  readonly adminSecret?: string
  readonly serverSecret?: string
  readonly bootstrapApiKey?: string
  readonly demo: 'on' | 'off'
  readonly loopback: boolean
  readonly webhookTargets: { readonly allowPrivate: boolean; readonly allowLoopback: boolean }
  readonly corsOrigins: readonly string[]
  readonly rateLimits: RateLimits
  readonly logLevel: string
}

interface RateLimits {
  readonly ingestPerMinute: number
  readonly apiPerMinute: number
  readonly portalPerMinute: number
  readonly loginPer5Minutes: number
}

/** Names every setting that is wrong or missing; the start then stops. */
export class SettingsInvalid extends Error {
  override readonly name = 'SettingsInvalid'
  constructor(readonly problems: readonly string[]) {
    super(`The settings are wrong:\n${problems.map((problem) => `  ${problem}`).join('\n')}`)
  }
}

const SECRET_LENGTH_MIN = 32
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']

export type Environment = Readonly<Record<string, string | undefined>>

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
  const adminSecret = read.secret('ADMIN_SECRET', loopback)
  const serverSecret = read.secret('SERVER_SECRET', loopback)
  const databaseUrl = read.databaseUrl()
  const bootstrapApiKey = read.apiKey('BOOTSTRAP_API_KEY')
  const settings: Settings = {
    port: read.integer('PORT', 3000, { min: 0, max: 65_535 }),
    host,
    dataDir: resolve(read.text('DATA_DIR') ?? '.data'),
    demo: read.oneOf('DEMO', ['on', 'off'], 'on'),
    loopback,
    webhookTargets: webhookTargets(read.oneOf('WEBHOOK_PRIVATE_TARGETS', ['allow', 'refuse'], undefined), loopback),
    corsOrigins: read.origins('CORS_ORIGINS'),
    rateLimits: {
      ingestPerMinute: read.integer('RATE_LIMIT_INGEST_PER_MINUTE', 300_000, { min: 1 }),
      apiPerMinute: read.integer('RATE_LIMIT_API_PER_MINUTE', 6_000, { min: 1 }),
      portalPerMinute: read.integer('RATE_LIMIT_PORTAL_PER_MINUTE', 300, { min: 1 }),
      loginPer5Minutes: read.integer('RATE_LIMIT_LOGIN_PER_5_MINUTES', 10, { min: 1 }),
    },
    logLevel: read.oneOf('LOG_LEVEL', LOG_LEVELS, 'warn'),
    ...(adminSecret !== undefined && { adminSecret }),
    ...(serverSecret !== undefined && { serverSecret }),
    ...(databaseUrl !== undefined && { databaseUrl }),
    ...(bootstrapApiKey !== undefined && { bootstrapApiKey }),
  }
  if (problems.length > 0) throw new SettingsInvalid(problems)
  return settings
}

/** Default: private networks are refused, but loopback is allowed while the server itself listens on loopback only. */
function webhookTargets(setting: PrivateTargets | undefined, loopback: boolean) {
  if (setting === 'allow') return { allowPrivate: true, allowLoopback: true }
  if (setting === 'refuse') return { allowPrivate: false, allowLoopback: false }
  return { allowPrivate: false, allowLoopback: loopback }
}

function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1') return true
  return isIP(host) === 4 && host.startsWith('127.')
}

class SettingReader {
  constructor(
    private readonly environment: Environment,
    private readonly problems: string[],
  ) {}

  /** An empty variable is one that was not given. */
  text(name: string): string | undefined {
    const value = this.environment[name]?.trim()
    return value === '' ? undefined : value
  }

  integer(name: string, fallback: number, bounds: { min: number; max?: number }): number {
    const text = this.text(name)
    if (text === undefined) return fallback
    const value = Number(text)
    const { min, max = Number.MAX_SAFE_INTEGER } = bounds
    if (/^\d+$/.test(text) && value >= min && value <= max) return value
    this.problems.push(`${name}: ${JSON.stringify(text)} is not a whole number from ${min} to ${max}.`)
    return fallback
  }

  oneOf<const T extends string, F extends T | undefined>(name: string, allowed: readonly T[], fallback: F): T | F {
    const text = this.text(name)
    if (text === undefined) return fallback
    const found = allowed.find((each) => each === text)
    if (found !== undefined) return found
    this.problems.push(`${name}: ${JSON.stringify(text)} is not one of ${allowed.join(', ')}.`)
    return fallback
  }

  secret(name: string, loopback: boolean): string | undefined {
    const text = this.text(name)
    if (text === undefined) {
      if (!loopback)
        this.problems.push(
          `${name}: is required while HOST is not loopback (at least ${SECRET_LENGTH_MIN} characters).`,
        )
      return undefined
    }
    if (text.length < SECRET_LENGTH_MIN)
      this.problems.push(`${name}: must have at least ${SECRET_LENGTH_MIN} characters.`)
    return text
  }

  apiKey(name: string): string | undefined {
    const text = this.text(name)
    if (text !== undefined && !/^bxb_live_[0-9a-f]{64}$/.test(text)) {
      this.problems.push(`${name}: must be bxb_live_ and 64 hex digits.`)
    }
    return text
  }

  databaseUrl(): string | undefined {
    const text = this.text('DATABASE_URL')
    if (text !== undefined && !/^postgres(ql)?:\/\/.+/.test(text)) {
      this.problems.push('DATABASE_URL: must be a postgresql:// address.')
    }
    return text
  }

  origins(name: string): string[] {
    const origins = (this.text(name) ?? '')
      .split(',')
      .map((each) => each.trim())
      .filter((each) => each !== '')
    for (const origin of origins) {
      if (!/^https?:\/\/[^/]+$/.test(origin)) this.problems.push(`${name}: ${JSON.stringify(origin)} is not an origin.`)
    }
    return origins
  }
}
