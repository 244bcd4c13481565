import { answer, type QueryRegistration, type UsageLog } from '@billstream/event-sourcing-runtime'
import { CurrentUsage } from '@billstream/usage-contracts'
import { chargesOf, planCharges } from '../measurement/plan-charges.facts'

/** The charges of a running subscription as a measurement would find them now. Prices nothing: that is invoicing's. */
export function currentUsage(usageLog: Pick<UsageLog, 'current'>): QueryRegistration {
  return answer(CurrentUsage, async (asked, { organizationId, facts }) => {
    const { externalCustomerId, externalSubscriptionId, period } = asked
    const plan = await planCharges(asked, facts)
    if (!plan) throw new Error(`Plan ${asked.planId} has no version ${asked.planVersion}.`)
    const { start: from, end: to } = period
    const { codes } = plan
    const who = { organizationId, externalCustomerId, externalSubscriptionId }
    return { charges: chargesOf(plan, codes.length === 0 ? [] : await usageLog.current({ ...who, from, to, codes })) }
  })
}
