import { aggregate, WakeUp, type PlatformPorts, type ServiceDefinition } from '@billstream/event-sourcing-runtime'
import type { MessageBus } from '@billstream/messaging'
import { billableMetricDecider, measuredPeriodDecider, measurementDecider } from '@billstream/usage-domain'
import { announceChangedPeriods } from './announce-changed-periods/announce-changed-periods.worker'
import { lateUsageTimers } from './bill-late-usage-after-end/late-usage.timers'
import { gatherForChangeMetric, gatherForRemoveMetric } from './billable-metric/billable-metric.facts'
import { currentUsage } from './current-usage/current-usage.query'
import { UsageIngestion } from '@billstream/usage-ingestion'
import { measureAgainAtFinalization } from './measure-again-at-finalization/measure-again-at-finalization.process'
import { measureChangedDraft } from './measure-changed-draft/measure-changed-draft.process'
import { measurePeriodAtBoundary } from './measure-period-at-boundary/measure-period-at-boundary.process'
import { gatherForMeasurePeriod } from './measurement/measurement.facts'
import { getUsageEvent, listUsageEvents, usageVolume } from './usage-events/usage-events.queries'

export type UsagePorts = Pick<
  PlatformPorts,
  'usageLog' | 'eventStore' | 'views' | 'viewProgress' | 'bells' | 'clock' | 'sleeper'
> & { readonly bus: Pick<MessageBus, 'send'> }

/** Metrics, ingestion, measurements and what comes after them. */
export function usageService(ports: UsagePorts): ServiceDefinition {
  const changedPeriods = WakeUp.onBell('changed-periods', ports)
  const ingestion = new UsageIngestion(ports, () => changedPeriods.ring())
  return {
    context: 'usage',
    aggregates: [
      aggregate(billableMetricDecider, {
        ChangeBillableMetric: gatherForChangeMetric(ports.usageLog),
        RemoveBillableMetric: gatherForRemoveMetric,
      }),
      aggregate(measurementDecider, { MeasurePeriod: gatherForMeasurePeriod(ports) }),
      aggregate(measuredPeriodDecider),
    ],
    processes: [measurePeriodAtBoundary, measureAgainAtFinalization, measureChangedDraft],
    timers: [lateUsageTimers],
    queries: [
      currentUsage(ports),
      listUsageEvents(ports.usageLog),
      getUsageEvent(ports.usageLog),
      usageVolume(ports.usageLog),
    ],
    subscribers: [],
    workers: [announceChangedPeriods(ports, changedPeriods)],
    ingest: (requests) => ingestion.ingest(requests),
  }
}
