import {
  on,
  TIMER_RANK,
  want,
  type RecordedEvent,
  type TimerChange,
  type TimerRules,
} from '@billstream/event-sourcing-core'
import { correctionInvoiceIdOf } from '@billstream/invoicing-contracts'
import { derivedId } from '@billstream/kernel'
import {
  correctionBoundary,
  SubscriptionLateUsageNoted,
  SubscriptionTerminated,
  type Boundary,
} from '@billstream/subscriptions-contracts'
import { MeasurePeriod } from '@billstream/usage-contracts'
import { requestAt } from '../measurement/measured-request'

/**
 * No boundary follows the end, so late usage is billed by time: a day after the end, which also finds what was open when an end
 * billed nothing, and a day after later usage was noted. Source: rules/boxbilling.md section 15.
 */
export const lateUsageTimers: TimerRules = {
  name: 'late-usage',
  context: 'usage',
  on: {
    ...on(SubscriptionTerminated, (event) => {
      const { boundary, endedAt } = event.data
      return boundary === null ? [] : [billAt(correctionBoundary(boundary, endedAt), event)]
    }),
    ...on(SubscriptionLateUsageNoted, (event) => [billAt(event.data.boundary, event)]),
  },
}

function billAt(
  boundary: Boundary,
  { id, data, metadata }: RecordedEvent<string, { subscriptionId: string }>,
): TimerChange {
  const { subscriptionId } = data
  const measurementId = derivedId('measurement', id, 'late-usage')
  const invoiceId = correctionInvoiceIdOf(subscriptionId, measurementId)
  return {
    kind: 'set',
    timer: {
      rule: 'late-usage',
      aggregateId: subscriptionId,
      rank: TIMER_RANK.other,
      tieBreak: subscriptionId,
      due: boundary.at,
      command: want(MeasurePeriod, {
        ...requestAt(boundary, { invoiceId, subscriptionId }),
        measurementId,
        purpose: 'draft',
      }),
      ...(metadata.clockId !== undefined && { clockId: metadata.clockId }),
    },
  }
}
