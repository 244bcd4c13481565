import { isInfrastructureFailure, type Log } from '@billstream/event-sourcing-runtime'
import { createLog, Metrics, openOtlpTracing, type MetricsAccess, type Signals } from '@billstream/platform'
import { isLoopback } from '../settings/setting-reader'
import type { SignalSettings } from '../settings/shared-settings'

/** Signals of a process, to be closed last. */
export interface OpenSignals extends Signals {
  close(): Promise<void>
}

/** name: of the program, as traces show it. Traces are on where an endpoint is set. */
export function openSignals(
  name: string,
  { logLevel, signals }: { readonly logLevel: string; readonly signals: SignalSettings },
): OpenSignals {
  const plain = createLog(logLevel)
  const metrics = new Metrics(plain)
  const { otlpEndpoint, traceShare: share } = signals
  if (otlpEndpoint === undefined) return { log: countingLog(plain, metrics), metrics, close: () => Promise.resolve() }
  const tracing = openOtlpTracing(otlpEndpoint, { serviceName: `billstream-${name}`, share }, plain)
  return { log: countingLog(plain, metrics), metrics, tracing, close: tracing.close }
}

/** Where metrics stand beside the public APIs: who has the token, or everybody on this machine. */
export function metricsAccessBesideApis({ metricsToken }: SignalSettings, host: string): MetricsAccess {
  if (metricsToken !== undefined) return { token: metricsToken }
  return isLoopback(host) ? 'everybody' : 'nobody'
}

/** On the port of /health by the same rule: it is for the inside, but a network around it is nothing that a program can see. */
export function metricsAccessInside(settings: {
  readonly signals: SignalSettings
  readonly healthHost: string
}): MetricsAccess {
  return metricsAccessBesideApis(settings.signals, settings.healthHost)
}

/** Everything that fails is logged with its error: so the log counts failures by kind. */
export function countingLog(log: Log, metrics: Metrics): Log {
  const counted = (write: Log['warn']) => (fields: Record<string, unknown>, message: string) => {
    const error = fields['err']
    if (error instanceof Error) metrics.count('billstream_failures_total', { kind: kindOf(error) })
    write(fields, message)
  }
  return { info: (fields, message) => log.info(fields, message), warn: counted(log.warn), error: counted(log.error) }
}

/** Names of our own errors are few; a driver's code would not be. */
function kindOf(error: Error): string {
  if (!isInfrastructureFailure(error)) return 'bug'
  return OWN.has(error.name) ? error.name : 'infrastructure'
}

const OWN = new Set(['StoreUnavailable', 'BrokerUnavailable', 'ViewsBehind', 'ReplyTimedOut', 'ProviderUnavailable'])
