import { isEvent, want, type ProcessDefinition } from '@billstream/event-sourcing-core'
import { DraftInvoice } from '@billstream/invoicing-contracts'
import { PeriodMeasured } from '@billstream/usage-contracts'

/** A boundary whose period is measured for the first time gets its draft. */
export const draftInvoiceWhenPeriodMeasured: ProcessDefinition = {
  name: 'draft-invoice-when-period-measured',
  context: 'invoicing',
  reactsTo: [PeriodMeasured.type],
  react: (event) =>
    isEvent(PeriodMeasured, event) && event.data.purpose === 'draft'
      ? [want(DraftInvoice, { invoiceId: event.data.invoiceId, measurement: event.data })]
      : [],
  // A later measurement was faster, and drafted it.
  refusals: { invoice_exists: 'ignore' },
}
