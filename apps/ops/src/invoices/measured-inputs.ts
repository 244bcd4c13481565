import type { EventOf } from '@billstream/event-sourcing-core'
import type { BaseInput, ChargeToPrice, ChargeUsage } from '@billstream/invoicing-domain'
import type { ChargeModel } from '@billstream/rating'
import { intervalOf, PlanCreated, PlanVersioned, type Boundary } from '@billstream/subscriptions-contracts'
import { PeriodMeasured, type MeasuredCharge } from '@billstream/usage-contracts'
import type { OpsPorts } from '../ops'

export type Measurement = EventOf<typeof PeriodMeasured>['data']

/** The recorded measurement of an id; undefined when none is recorded. */
export async function measurementOf(
  measurementId: string,
  { eventStore }: Pick<OpsPorts, 'eventStore'>,
): Promise<Measurement | undefined> {
  for await (const { type, data } of eventStore.read(`measurement-${measurementId}`)) {
    if (type === PeriodMeasured.type) return data as Measurement
  }
  return undefined
}

/** Charges of plan versions, out of the plans' own streams; versions never change, so each is read once. */
export class PlanVersions {
  private readonly known = new Map<string, Promise<readonly ChargeToPrice[]>>()

  constructor(private readonly eventStore: OpsPorts['eventStore']) {}

  /** In plan order. Throws on a version that was never there: a boundary names its own. */
  chargesOf(planId: string, version: number): Promise<readonly ChargeToPrice[]> {
    const key = `${planId}#${version}`
    const known = this.known.get(key) ?? this.read(planId, version)
    this.known.set(key, known)
    return known
  }

  private async read(planId: string, version: number): Promise<readonly ChargeToPrice[]> {
    for await (const { type, data } of this.eventStore.read(`plan-${planId}`)) {
      if (type !== PlanCreated.type && type !== PlanVersioned.type) continue
      const planned = data as EventOf<typeof PlanVersioned>['data']
      if (planned.version !== version) continue
      return planned.terms.charges.map(({ chargeId, metricCode, metricName, chargeModel, properties, model }) => {
        return { chargeId, metricCode, metricName, chargeModel, properties, model: model as unknown as ChargeModel }
      })
    }
    throw new Error(`Version ${version} of plan ${planId} is in no stream.`)
  }
}

/** The base part of a boundary as it is priced. */
export function baseOf({ base }: Boundary): BaseInput | null {
  if (base === null) return null
  const { planId, planVersion, planName, amount, interval } = base.plan
  const { full, from, to, timezone } = base
  return {
    ...{ planId, planVersion, planName, amount, unit: intervalOf(interval).unit },
    ...{ full, stretch: { start: from, end: to }, timezone },
  }
}

export function usageOf({ chargeId, units, parts }: MeasuredCharge): ChargeUsage {
  return { chargeId, units, eventsCount: parts.eventsCount }
}
