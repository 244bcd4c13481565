import { aggregate, WakeUp, type PlatformPorts, type ServiceDefinition } from '@billstream/event-sourcing-runtime'
import type { MessageBus } from '@billstream/messaging'
import { billableMetricDecider, measuredPeriodDecider, measurementDecider } from '@billstream/usage-domain'
import { announceLateUsage } from './announce-late-usage/announce-late-usage.worker'
import { gatherForMetric } from './billable-metric/billable-metric.facts'
import { usageIngestor } from './ingest-usage/ingest-usage'
import { gatherMeasurement } from './measure-period/measure-period.facts'
import {
  measureAgainAtFinalization,
  measureChangedPeriod,
  measurePeriodAtBoundary,
} from './measure-period/measure-period.processes'
import { usageQueries } from './usage-reads/usage.queries'

/** Metrics, the usage log, and the measurements that invoices are made of. */
export function usageService(ports: PlatformPorts & { readonly bus: MessageBus }): ServiceDefinition {
  const lateUsage = new WakeUp(ports.sleeper)
  return {
    context: 'usage',
    aggregates: [
      aggregate(billableMetricDecider, gatherForMetric(ports)),
      aggregate(measurementDecider, { MeasurePeriod: gatherMeasurement(ports) }),
      aggregate(measuredPeriodDecider),
    ],
    processes: [measurePeriodAtBoundary, measureAgainAtFinalization, measureChangedPeriod],
    timers: [],
    queries: usageQueries(ports),
    subscribers: [],
    workers: [announceLateUsage(ports, lateUsage)],
    ingest: usageIngestor(ports, lateUsage),
  }
}
