import { ok, refuse } from '@billstream/kernel'
import type { CommandOf } from '@billstream/event-sourcing-core'
import type {
  FactReader,
  Gather,
  MeasuredCorrection as CorrectionInLog,
  PlatformPorts,
} from '@billstream/event-sourcing-runtime'
import { invoiceProjection } from '@billstream/invoicing-read-model'
import type { Boundary } from '@billstream/subscriptions-contracts'
import type { MeasuredCorrection, MeasurePeriod } from '@billstream/usage-contracts'
import { NOTHING_TO_MEASURE, type MeasurePeriodFacts } from '@billstream/usage-domain'
import { correctablePeriods } from './correctable-periods.facts'
import { measuredRequest, type MeasuredRequest } from './measured-request'
import { chargesOf, planCharges, type PlanCharges } from './plan-charges.facts'

type MeasurePeriodData = CommandOf<typeof MeasurePeriod>['data']

/**
 * Measures, once per measurement id: the log stores it, so a repeat after a crash records the same numbers and the same
 * corrections. A draft shows what its invoice will hold, so it is measured with corrections as the last measurement is, and so is
 * its refreshing; only the last one settles them. Refusal: `plan_version_not_found`.
 */
export function gatherForMeasurePeriod(ports: Pick<PlatformPorts, 'usageLog' | 'eventStore'>): Gather {
  return async (command, facts) => {
    const data = command.data as MeasurePeriodData
    const { organizationId } = command.metadata
    const plan = await planCharges(data, facts)
    if (!plan) return refuse('plan_version_not_found', `Plan ${data.planId} has no version ${data.planVersion}.`)
    const corrections = (await canHoldCorrections(data, facts))
      ? await correctablePeriods({ ...data, organizationId }, ports, facts)
      : []
    if (corrections.length === 0 && isForCorrectionsOnly(data)) return ok(NOTHING_TO_MEASURE)
    const measurement = await ports.usageLog.measure({
      measurementId: data.measurementId,
      organizationId,
      externalCustomerId: data.externalCustomerId,
      externalSubscriptionId: data.externalSubscriptionId,
      subscriptionId: data.subscriptionId,
      invoiceId: data.invoiceId,
      period: periodOf(data, plan),
      request: measuredRequest(data),
      corrections: corrections.map(({ invoiceId }) => invoiceId),
      settles: data.purpose === 'final',
    })
    return ok<MeasurePeriodFacts>({
      charges: data.period === null ? [] : chargesOf(plan, measurement.metrics),
      corrections: await Promise.all(measurement.corrections.map((each) => correctionOf(each, facts))),
      watermark: measurement.watermark,
    })
  }
}

/** All but the refreshing of what is no draft any more: usage that is late for many periods would measure each for each. */
async function canHoldCorrections({ purpose, invoiceId }: MeasurePeriodData, facts: FactReader): Promise<boolean> {
  return purpose !== 'refresh' || (await facts.get(invoiceProjection, invoiceId))?.status === 'draft'
}

/** The first measurement after the end; once there is a draft, its last one is recorded whatever it holds. */
function isForCorrectionsOnly({ purpose, boundary }: MeasurePeriodData): boolean {
  return purpose === 'draft' && (boundary as Boundary).kind === 'correction'
}

/** A plan without usage charges has nothing that could change later. */
function periodOf({ period }: MeasurePeriodData, { codes }: PlanCharges) {
  return period === null || codes.length === 0 ? null : { from: period.start, to: period.end, codes }
}

/** An earlier period as it is measured now, by the plan version that ruled it. */
export async function correctionOf(correction: CorrectionInLog, facts: FactReader): Promise<MeasuredCorrection> {
  const { invoiceId, from, to, metrics } = correction
  const { planId, planVersion } = correction.request as MeasuredRequest
  const plan = await planCharges({ planId, planVersion }, facts)
  if (!plan) throw new Error(`Plan ${planId} has no version ${planVersion}, but a period was measured by it.`)
  return { invoiceId, period: { start: from, end: to }, planId, planVersion, charges: chargesOf(plan, metrics) }
}
