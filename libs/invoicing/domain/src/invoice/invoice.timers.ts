import { compareInstants } from '@billstream/kernel'
import { on, TIMER_RANK, want, type TimerChange, type TimerRules } from '@billstream/event-sourcing-core'
import {
  InvoiceDrafted,
  InvoiceFinalizationStarted,
  InvoiceSkipped,
  StartFinalization,
} from '@billstream/invoicing-contracts'

const FINALIZATION = 'invoice-finalization'

/** The end of a draft's grace. Without grace a process finalizes at once. Source: rules/boxbilling.md section 15. */
export const invoiceTimers: TimerRules = {
  name: 'invoicing',
  context: 'invoicing',
  on: {
    ...on(InvoiceDrafted, ({ data, metadata }): TimerChange[] => {
      const { invoiceId, subscriptionId, finalizeAt, boundaryAt } = data
      if (compareInstants(finalizeAt, boundaryAt) <= 0) return []
      const timer = {
        rule: FINALIZATION,
        aggregateId: invoiceId,
        rank: TIMER_RANK.finalization,
        tieBreak: subscriptionId ?? invoiceId,
        due: finalizeAt,
        command: want(StartFinalization, { invoiceId }),
        ...(metadata.clockId !== undefined && { clockId: metadata.clockId }),
      }
      return [{ kind: 'set', timer }]
    }),
    ...on(InvoiceFinalizationStarted, ({ data }) => [cancel(data.invoiceId)]),
    ...on(InvoiceSkipped, ({ data }) => [cancel(data.invoiceId)]),
  },
}

function cancel(invoiceId: string): TimerChange {
  return { kind: 'cancel', rule: FINALIZATION, aggregateId: invoiceId }
}
