import type { CommandOf } from '@billstream/event-sourcing-core'
import type { Boundary } from '@billstream/subscriptions-contracts'
import type { MeasurePeriod } from '@billstream/usage-contracts'

type MeasurePeriodData = CommandOf<typeof MeasurePeriod>['data']

/** What is measured, whatever for: the same for the draft, its refreshing, the last measurement and a later correction. */
export type MeasuredRequest = Omit<MeasurePeriodData, 'measurementId' | 'purpose'>

/** What a boundary has measured for its invoice. */
export function requestAt(
  boundary: Boundary,
  { invoiceId, subscriptionId }: { readonly invoiceId: string; readonly subscriptionId: string },
): MeasuredRequest {
  const { customerId, externalCustomerId, externalSubscriptionId, plan, closed } = boundary
  const { planId, planVersion } = plan
  const who = { invoiceId, subscriptionId, customerId, externalCustomerId, externalSubscriptionId }
  return { ...who, planId, planVersion, period: closed, boundary }
}

/** The request in what was passed on or kept of an earlier one; undefined when it holds none. */
export function measuredRequest(kept: unknown): MeasuredRequest | undefined {
  const given = kept as Partial<MeasurePeriodData> | null
  if (!given?.invoiceId || !given.subscriptionId || !given.planId) return undefined
  const { measurementId: _measurementId, purpose: _purpose, ...request } = given as MeasurePeriodData
  return {
    invoiceId: request.invoiceId,
    subscriptionId: request.subscriptionId,
    customerId: request.customerId,
    externalCustomerId: request.externalCustomerId,
    externalSubscriptionId: request.externalSubscriptionId,
    planId: request.planId,
    planVersion: request.planVersion,
    period: request.period,
    boundary: request.boundary,
  }
}
