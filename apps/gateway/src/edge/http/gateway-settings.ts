import type { PlatformPorts } from '@billstream/event-sourcing-runtime'
import type { IsReady, MetricsAccess, Signals } from '@billstream/platform'
import type { RateLimits } from '../operation/operation-runner'

/** Ports that the gateway reads and writes. */
export type GatewayPorts = Pick<
  PlatformPorts,
  | 'views'
  | 'viewsAnywhere'
  | 'viewProgress'
  | 'answers'
  | 'counters'
  | 'keyUses'
  | 'secrets'
  | 'billingHalts'
  | 'clock'
  | 'ids'
  | 'sleeper'
  | 'log'
>

export interface GatewaySettings {
  /** At least 32 characters; absent: the operations of an admin answer 401. */
  readonly adminSecret?: string
  /** Keys that a repeated request must make again are derived from it; at least 32 characters. */
  readonly serverSecret: string
  readonly rateLimits: RateLimits
  /** Browsers of these origins may call with credentials. */
  readonly corsOrigins: readonly string[]
  readonly version: string
  /** What `GET /` names. */
  readonly domain: string
  readonly ready: IsReady
  /** From the order to stop until no more connections are taken, in milliseconds: balancers see meanwhile that it is not ready. */
  readonly drainMs: number
  /** Absent: nothing is measured. */
  readonly signals?: GatewaySignals
}

export interface GatewaySignals extends Pick<Signals, 'metrics' | 'tracing'> {
  /** Who may read `GET /metrics`. */
  readonly metricsAccess: MetricsAccess
}
