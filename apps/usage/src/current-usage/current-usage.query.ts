import {
  answer,
  type ChangedPeriod,
  type FactReader,
  type PlatformPorts,
  type QueryRegistration,
  type UsageScope,
} from '@billstream/event-sourcing-runtime'
import { compareInstants } from '@billstream/kernel'
import { CurrentUsage, type MeasuredCorrection } from '@billstream/usage-contracts'
import { correctablePeriods } from '../measurement/correctable-periods.facts'
import { correctionOf } from '../measurement/measurement.facts'
import { chargesOf, planCharges } from '../measurement/plan-charges.facts'

type Ports = Pick<PlatformPorts, 'usageLog' | 'eventStore'>

/** The charges of a running subscription as a measurement would find them now, and the corrections that it would hold. Prices nothing: that is invoicing's. */
export function currentUsage(ports: Ports): QueryRegistration {
  return answer(CurrentUsage, async (asked, { organizationId, facts }) => {
    const { externalCustomerId, externalSubscriptionId, subscriptionId, period } = asked
    const plan = await planCharges(asked, facts)
    if (!plan) throw new Error(`Plan ${asked.planId} has no version ${asked.planVersion}.`)
    const { start: from, end: to } = period
    const who = { organizationId, externalCustomerId, externalSubscriptionId }
    const [measured, open] = await Promise.all([
      current(ports, { ...who, from, to, codes: plan.codes }),
      correctablePeriods({ organizationId, subscriptionId, invoiceId: null }, ports, facts),
    ])
    const oldestFirst = open.toSorted((a, b) => compareInstants(a.from, b.from) || (a.invoiceId < b.invoiceId ? -1 : 1))
    const corrections = await Promise.all(oldestFirst.map((each) => corrected(each, ports, facts)))
    return { charges: chargesOf(plan, measured), corrections }
  })
}

async function corrected(period: ChangedPeriod, ports: Ports, facts: FactReader): Promise<MeasuredCorrection> {
  return correctionOf({ ...period, metrics: await current(ports, period) }, facts)
}

function current({ usageLog }: Ports, scope: UsageScope) {
  return scope.codes.length === 0 ? Promise.resolve([]) : usageLog.current(scope)
}
