import { recorded } from '@billstream/event-sourcing-core/testing'
import { derivedId } from '@billstream/kernel'
import { PeriodMeasured, type MeasuredCharge } from '@billstream/usage-contracts'

type Purpose = 'draft' | 'refresh' | 'final'

/** A measurement of a customer, for specs of processes. */
export function measuredFor(customer: string, purpose: Purpose, charges: MeasuredCharge[] = []) {
  const measurement = {
    ...{ measurementId: derivedId(purpose, customer), purpose, invoiceId: derivedId('invoice', customer) },
    ...{ subscriptionId: derivedId('subscription', customer), customerId: derivedId('customer', customer) },
    ...{ externalCustomerId: customer, externalSubscriptionId: customer, planId: derivedId('plan'), planVersion: 1 },
    ...{ period: null, boundary: {}, watermark: '7', charges, corrections: [] },
  }
  const occurredAt = '2026-07-01T00:00:00.000Z'
  return recorded(PeriodMeasured(measurement), { metadata: { occurredAt } })
}
