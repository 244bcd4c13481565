import type { FactReader, MeasuredMetric } from '@billstream/event-sourcing-runtime'
import type { PlanCharge } from '@billstream/subscriptions-contracts'
import { planVersionId, planVersionProjection } from '@billstream/subscriptions-read-model'
import type { Aggregation, MeasuredCharge } from '@billstream/usage-contracts'
import { measuredCharges, type MetricTerms } from '@billstream/usage-domain'
import { billableMetricProjection, type BillableMetricRow } from '@billstream/usage-read-model'

interface PlanVersion {
  readonly planId: string
  readonly planVersion: number
}

/** What a plan version prices, and by which metrics: also by removed ones, which plans of old go on with. */
export interface PlanCharges {
  readonly charges: readonly PlanCharge[]
  /** By id. */
  readonly metrics: ReadonlyMap<string, MetricTerms>
  /** Of the metrics; each once. */
  readonly codes: readonly string[]
}

/** undefined when there is no such version. */
export async function planCharges(
  { planId, planVersion }: PlanVersion,
  facts: FactReader,
): Promise<PlanCharges | undefined> {
  const version = await facts.get(planVersionProjection, planVersionId(planId, planVersion))
  if (!version) return undefined
  const ids = [...new Set(version.charges.map(({ metricId }) => metricId))]
  const metrics =
    ids.length === 0
      ? []
      : await facts.find(billableMetricProjection, { where: { id: { in: ids } }, limit: ids.length })
  return {
    charges: version.charges,
    metrics: new Map(metrics.map((metric) => [metric.id, termsOf(metric)])),
    codes: [...new Set(version.charges.map(({ metricCode }) => metricCode))],
  }
}

/** The version's charges with their units. */
export function chargesOf({ charges, metrics }: PlanCharges, measured: readonly MeasuredMetric[]): MeasuredCharge[] {
  return measuredCharges(charges, metrics, new Map(measured.map((metric) => [metric.code, metric])))
}

function termsOf({ aggregation_type, rounding_function, rounding_precision }: BillableMetricRow): MetricTerms {
  const fn = rounding_function as 'round' | 'ceil' | 'floor' | null
  return {
    aggregation: aggregation_type as Aggregation,
    rounding: fn === null ? null : { fn, precision: rounding_precision ?? 0 },
  }
}
