import { isEvent, want, type ProcessDefinition } from '@billstream/event-sourcing-core'
import { RefreshInvoice } from '@billstream/invoicing-contracts'
import { PeriodMeasured } from '@billstream/usage-contracts'

/** Usage that came late goes into the draft while there is one. */
export const refreshDraftWhenMeasuredAgain: ProcessDefinition = {
  name: 'refresh-draft-when-measured-again',
  context: 'invoicing',
  reactsTo: [PeriodMeasured.type],
  react: (event) =>
    isEvent(PeriodMeasured, event) && event.data.purpose === 'refresh'
      ? [want(RefreshInvoice, { invoiceId: event.data.invoiceId, measurement: event.data })]
      : [],
  // What a draft cannot take any more is a correction on the next invoice.
  refusals: { invoice_not_draft: 'ignore' },
}
