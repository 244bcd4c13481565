import { isEvent, want, type ProcessDefinition } from '@billstream/event-sourcing-core'
import { CompleteFinalization } from '@billstream/invoicing-contracts'
import { PeriodMeasured } from '@billstream/usage-contracts'

/** A locked draft is issued from its last measurement, dated by it. */
export const completeInvoiceWhenMeasuredLast: ProcessDefinition = {
  name: 'complete-invoice-when-measured-last',
  context: 'invoicing',
  reactsTo: [PeriodMeasured.type],
  refusals: { earlier_invoice_first: 'wait' },
  react: (event) => {
    if (!isEvent(PeriodMeasured, event) || event.data.purpose !== 'final') return []
    const { data, metadata } = event
    const issuedAt = metadata.occurredAt
    return [want(CompleteFinalization, { invoiceId: data.invoiceId, measurement: data, issuedAt })]
  },
}
