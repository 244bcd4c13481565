import { formatDecimal } from '@billstream/kernel'
import { aggregate, NOTHING_MEASURED, type MeasuredUsage } from '@billstream/rating'
import type { MeasuredCharge } from '@billstream/usage-contracts'

export interface ChargeToMeasure {
  readonly chargeId: string
  readonly metricId: string
  readonly metricCode: string
}

export type MetricTerms = Pick<MeasuredCharge, 'aggregation' | 'rounding'>

/**
 * The charges of a plan version with what was measured for them, in plan order; units are the metric's aggregate, rounded once.
 * metrics: by metric id, as they are now: rounding counts for whatever is not finalized yet. measured: by metric code.
 * Throws on a charge whose metric is not given. Source: domain.md, section 5.
 */
export function measuredCharges(
  charges: readonly ChargeToMeasure[],
  metrics: ReadonlyMap<string, MetricTerms>,
  measured: ReadonlyMap<string, MeasuredUsage>,
): MeasuredCharge[] {
  return charges.map(({ chargeId, metricId, metricCode }) => {
    const metric = metrics.get(metricId)
    if (!metric) throw new Error(`Charge ${chargeId} is priced by metric ${metricId}, which does not exist.`)
    const { aggregation, rounding } = metric
    const usage = measured.get(metricCode) ?? NOTHING_MEASURED
    const { eventsCount, sum, max, latest, uniqueCount } = usage
    const units = formatDecimal(aggregate(aggregation, usage, rounding ?? undefined))
    return {
      chargeId,
      metricId,
      metricCode,
      aggregation,
      rounding,
      parts: { eventsCount, sum, max, latest, uniqueCount },
      units,
    }
  })
}
