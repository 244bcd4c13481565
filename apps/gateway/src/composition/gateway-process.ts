import {
  Closers,
  metricsAccessBesideApis,
  openMember,
  openSignals,
  readGatewaySettings,
  runProcess,
  type Environment,
  type RunningProcess,
} from '@billstream/hosting'
import { createGateway } from '../create-gateway'

const VERSION = '0.1.0'

/** The public HTTP side as a process of its own, until it is told to stop. */
export function runGatewayProcess(): void {
  runProcess('gateway', start)
}

async function start(environment: Environment, signal: AbortSignal): Promise<RunningProcess> {
  const settings = readGatewaySettings(environment)
  const signals = openSignals('gateway', settings)
  const { log } = signals
  const closers = new Closers(signal)
  closers.push(signals.close)
  try {
    const { ports, isReady } = await openMember(settings, signals, closers)
    const gateway = await createGateway(ports, ports.bus, {
      adminSecret: settings.adminSecret,
      serverSecret: settings.serverSecret,
      rateLimits: settings.rateLimits,
      corsOrigins: settings.corsOrigins,
      version: VERSION,
      domain: `${settings.host}:${settings.port}`,
      ready: isReady,
      drainMs: settings.drainMs,
      signals: { ...signals, metricsAccess: metricsAccessBesideApis(settings.signals, settings.host) },
    })
    closers.push(() => gateway.close())
    await gateway.listen(settings.port, settings.host)
    const address = (await gateway.getUrl()).replace('[::1]', 'localhost')
    return { address, stop: () => closers.run(log), drainMs: settings.drainMs }
  } catch (error) {
    await closers.run(log)
    throw error
  }
}
