import type { Command } from '@billstream/event-sourcing-core'
import type { FactReader, Gather, Measurement, PlatformPorts } from '@billstream/event-sourcing-runtime'
import { invoiceProjection } from '@billstream/invoicing-read-model'
import { ok } from '@billstream/kernel'
import { planVersionId, planVersionProjection, type PlanVersionRow } from '@billstream/subscriptions-read-model'
import type { MeasuredCharge, MeasuredCorrection, MeasurementCommand } from '@billstream/usage-contracts'
import { measuredCharges, type MeasurePeriodFacts, type MetricTerms } from '@billstream/usage-domain'
import { billableMetricProjection } from '@billstream/usage-read-model'

/** Earlier periods of one subscription that one measurement corrects, at most; the rest follows with the next invoice. */
const CORRECTIONS_MAX = 100

type Request = MeasurementCommand['data']
type PlanOf = Pick<Request, 'planId' | 'planVersion'>

/** Measures in the log, under the measurement's id: a repeat gives the stored numbers. */
export function gatherMeasurement({ usageLog }: Pick<PlatformPorts, 'usageLog'>): Gather {
  return async (command: Command, facts) => {
    const data = command.data as Request
    const { organizationId } = command.metadata
    const plan = await planVersion(facts, data)
    const corrections = data.purpose === 'refresh' ? [] : await finalizedOpenPeriods(usageLog, facts, command)
    const { period, invoiceId, subscriptionId, externalCustomerId, externalSubscriptionId, measurementId } = data
    const measurement = await usageLog.measure({
      ...{ organizationId, invoiceId, subscriptionId, externalCustomerId, externalSubscriptionId, measurementId },
      period: period && { from: period.start, to: period.end, codes: codesOf(plan) },
      request: data,
      corrections,
      settles: data.purpose === 'final',
    })
    const measured: MeasurePeriodFacts = {
      charges: await chargesOf(facts, plan, measurement.metrics),
      corrections: await Promise.all(measurement.corrections.map((each) => correctionOf(facts, each))),
      watermark: measurement.watermark,
    }
    return ok(measured)
  }
}

/** A charge's measured units as they are, by the same rules; also for reads of current usage. */
export async function chargesOf(
  facts: FactReader,
  plan: PlanVersionRow,
  metrics: Measurement['metrics'],
): Promise<MeasuredCharge[]> {
  const terms = await metricTerms(facts, plan)
  return measuredCharges(plan.charges, terms, new Map(metrics.map((metric) => [metric.code, metric])))
}

export async function planVersion(
  facts: FactReader,
  { planId, planVersion: version }: PlanOf,
): Promise<PlanVersionRow> {
  const row = await facts.get(planVersionProjection, planVersionId(planId, version))
  if (!row) throw new Error(`Plan ${planId} has no version ${version}.`)
  return row
}

export function codesOf(plan: PlanVersionRow): string[] {
  return [...new Set(plan.charges.map(({ metricCode }) => metricCode))]
}

/** Invoices that nothing can refresh any more: their late usage is billed by the invoice at hand. */
async function finalizedOpenPeriods(
  usageLog: PlatformPorts['usageLog'],
  facts: FactReader,
  { data, metadata }: Command,
): Promise<string[]> {
  const { subscriptionId, invoiceId } = data as Request
  const open = await usageLog.openPeriodsOf(metadata.organizationId, subscriptionId, CORRECTIONS_MAX)
  const others = open.map((each) => each.invoiceId).filter((id) => id !== invoiceId)
  const rows = await Promise.all(others.map((id) => facts.get(invoiceProjection, id)))
  return others.filter((_, index) => rows[index]?.status !== 'draft')
}

async function correctionOf(
  facts: FactReader,
  { invoiceId, from, to, request, metrics }: Measurement['corrections'][number],
): Promise<MeasuredCorrection> {
  const { planId, planVersion: version } = request as Request
  const plan = await planVersion(facts, { planId, planVersion: version })
  const period = { start: from, end: to }
  return { invoiceId, period, planId, planVersion: version, charges: await chargesOf(facts, plan, metrics) }
}

async function metricTerms(facts: FactReader, plan: PlanVersionRow): Promise<Map<string, MetricTerms>> {
  const ids = [...new Set(plan.charges.map(({ metricId }) => metricId))]
  if (ids.length === 0) return new Map()
  const rows = await facts.find(billableMetricProjection, { where: { id: { in: ids } }, limit: ids.length })
  return new Map(
    rows.map((row) => [
      row.id,
      {
        aggregation: row.aggregation_type as MetricTerms['aggregation'],
        rounding:
          row.rounding_function === null
            ? null
            : { fn: row.rounding_function as 'round' | 'ceil' | 'floor', precision: row.rounding_precision ?? 0 },
      },
    ]),
  )
}
