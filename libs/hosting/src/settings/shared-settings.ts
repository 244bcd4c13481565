import type { SettingReader } from './setting-reader'

/** Settings that more than one program reads. */

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']

export interface RateLimits {
  readonly ingestPerMinute: number
  readonly apiPerMinute: number
  readonly portalPerMinute: number
  readonly loginPer5Minutes: number
}

export function readRateLimits(read: SettingReader): RateLimits {
  return {
    ingestPerMinute: read.integer('RATE_LIMIT_INGEST_PER_MINUTE', 300_000, { min: 1 }),
    apiPerMinute: read.integer('RATE_LIMIT_API_PER_MINUTE', 6_000, { min: 1 }),
    portalPerMinute: read.integer('RATE_LIMIT_PORTAL_PER_MINUTE', 300, { min: 1 }),
    loginPer5Minutes: read.integer('RATE_LIMIT_LOGIN_PER_5_MINUTES', 10, { min: 1 }),
  }
}

/** Of `GATEWAY_DRAIN_MS`. */
export const DRAIN_MS_MAX = 60_000

/** From the order to stop until the gateway takes no more connections, in milliseconds. */
export function readDrainMs(read: SettingReader): number {
  return read.integer('GATEWAY_DRAIN_MS', 0, { min: 0, max: DRAIN_MS_MAX })
}

/** Which networks webhooks may go to. */
export interface WebhookTargetSettings {
  readonly allowPrivate: boolean
  readonly allowLoopback: boolean
}

/** Default: private networks are refused, but loopback is allowed while the program itself listens on loopback only. */
export function readWebhookTargets(read: SettingReader, loopback: boolean): WebhookTargetSettings {
  const setting = read.oneOf('WEBHOOK_PRIVATE_TARGETS', ['allow', 'refuse'], undefined)
  if (setting === 'allow') return { allowPrivate: true, allowLoopback: true }
  if (setting === 'refuse') return { allowPrivate: false, allowLoopback: false }
  return { allowPrivate: false, allowLoopback: loopback }
}

/** What a process tells of itself to those who run it. */
export interface SignalSettings {
  /** Of an OpenTelemetry collector; absent: no traces. */
  readonly otlpEndpoint?: string
  /** The share of traces that are kept, 0 to 1. */
  readonly traceShare: number
  /** Who has it may read /metrics. */
  readonly metricsToken?: string
}

export function readSignals(read: SettingReader): SignalSettings {
  const otlpEndpoint = read.text('OTEL_EXPORTER_OTLP_ENDPOINT')
  if (otlpEndpoint !== undefined && !/^https?:\/\/[^\s/]+/.test(otlpEndpoint)) {
    read.refuse('OTEL_EXPORTER_OTLP_ENDPOINT', 'must be an http:// or https:// address')
  }
  const metricsToken = read.secret('METRICS_TOKEN', undefined)
  return {
    traceShare: readShare(read),
    ...(otlpEndpoint !== undefined && { otlpEndpoint }),
    ...(metricsToken !== undefined && { metricsToken }),
  }
}

function readShare(read: SettingReader): number {
  const text = read.text('OTEL_TRACES_SAMPLER_ARG') ?? '1'
  const share = Number(text)
  if (share >= 0 && share <= 1) return share
  read.refuse('OTEL_TRACES_SAMPLER_ARG', `${JSON.stringify(text)} is not a share from 0 to 1`)
  return 1
}
