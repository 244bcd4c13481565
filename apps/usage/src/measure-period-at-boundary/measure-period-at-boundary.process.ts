import { derivedId } from '@billstream/kernel'
import { isEvent, want, type ProcessDefinition, type RecordedEvent } from '@billstream/event-sourcing-core'
import { invoiceIdOf } from '@billstream/invoicing-contracts'
import {
  SubscriptionPeriodClosed,
  SubscriptionStarted,
  SubscriptionTerminated,
  type Boundary,
} from '@billstream/subscriptions-contracts'
import { MeasurePeriod } from '@billstream/usage-contracts'
import { requestAt } from '../measurement/measured-request'

/** Every boundary that bills something is measured for the draft of its one invoice, also when it closes no usage. */
export const measurePeriodAtBoundary: ProcessDefinition = {
  name: 'measure-period-at-boundary',
  context: 'usage',
  reactsTo: [SubscriptionStarted.type, SubscriptionPeriodClosed.type, SubscriptionTerminated.type],
  react: (event) => {
    const crossed = boundaryOf(event)
    if (!crossed) return []
    const { subscriptionId, boundary } = crossed
    const invoiceId = invoiceIdOf(event.id)
    return [
      want(MeasurePeriod, {
        measurementId: derivedId('measurement', invoiceId, 'draft'),
        purpose: 'draft',
        ...requestAt(boundary, { invoiceId, subscriptionId }),
      }),
    ]
  },
}

/** undefined for an event without one, and for the start in arrears, which bills nothing yet. */
function boundaryOf(event: RecordedEvent): { subscriptionId: string; boundary: Boundary } | undefined {
  const hasBoundary =
    isEvent(SubscriptionStarted, event) ||
    isEvent(SubscriptionPeriodClosed, event) ||
    isEvent(SubscriptionTerminated, event)
  if (!hasBoundary) return undefined
  const { subscriptionId, boundary } = event.data
  const billsNothing = boundary === null || (boundary.closed === null && boundary.base === null)
  return billsNothing ? undefined : { subscriptionId, boundary }
}
