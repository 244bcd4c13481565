import { isEvent, type Position, type RecordedOf } from '@billstream/event-sourcing-core'
import type { MeasuredMetric } from '@billstream/event-sourcing-runtime'
import { PeriodMeasured } from '@billstream/usage-contracts'
import { eventsBetween } from '../console/follow'
import type { Progress } from '../console/progress'
import type { OpsPorts } from '../ops'
import { Tally, type CheckResult } from './check'

type Measured = RecordedOf<typeof PeriodMeasured>

/**
 * What is billed is read from hourly aggregates, which grow as events come, in any order and however often. So the aggregates
 * of every measured period must count the events that lie in the log, and a measurement no more than those.
 */
export async function verifyUsage(
  to: Position,
  ports: Pick<OpsPorts, 'eventStore' | 'usageLog'>,
  { progress, signal }: { readonly progress: Progress; readonly signal: AbortSignal },
): Promise<CheckResult[]> {
  const aggregates = new Tally('4. the aggregates of every measured period are its events, whatever their order')
  const measured = new Tally('4. no measurement counts more than there is')
  let reached = 0n
  for await (const batch of eventsBetween(ports.eventStore, {
    from: 0n,
    to,
    signal,
    filter: { types: [PeriodMeasured.type] },
  })) {
    for (const event of batch.events) {
      if (isEvent(PeriodMeasured, event)) await verifyMeasurement(event, ports, { aggregates, measured })
    }
    progress.advance(Number(batch.reached - reached))
    reached = batch.reached
  }
  return [aggregates.result, measured.result]
}

async function verifyMeasurement(
  { data, metadata }: Measured,
  { usageLog }: Pick<OpsPorts, 'usageLog'>,
  { aggregates, measured }: { readonly aggregates: Tally; readonly measured: Tally },
): Promise<void> {
  const { period, externalCustomerId, externalSubscriptionId, charges, measurementId } = data
  if (period === null || charges.length === 0) return
  const codes = [...new Set(charges.map(({ metricCode }) => metricCode))]
  const whose = { organizationId: metadata.organizationId, externalCustomerId, externalSubscriptionId }
  const range = { from: period.start, to: period.end }
  const current = await usageLog.current({ ...whose, ...range, codes })
  const counted = await usageLog.recount({ ...whose, ...range, codes })
  const now = new Map(current.map((metric) => [metric.code, metric]))
  for (const metric of counted) {
    aggregates.expect(`measurement ${measurementId}, ${metric.code}`, inOrder(metric), inOrder(now.get(metric.code)))
  }
  for (const { metricCode, parts } of charges) {
    const most = now.get(metricCode)?.eventsCount ?? 0
    measured.expect(`measurement ${measurementId}, ${metricCode}`, true, parts.eventsCount <= most)
  }
}

function inOrder(metric: MeasuredMetric | undefined) {
  if (!metric) return null
  const { eventsCount, sum, max, latest, uniqueCount } = metric
  return { eventsCount, sum, max, latest, uniqueCount }
}
