import { compareInstants } from '@billstream/kernel'
import { isEvent, want, type ProcessDefinition } from '@billstream/event-sourcing-core'
import { InvoiceDrafted, StartFinalization } from '@billstream/invoicing-contracts'

/** Without grace the draft is finalized at once; a timer does it otherwise. */
export const finalizeDraftWithoutGrace: ProcessDefinition = {
  name: 'finalize-draft-without-grace',
  context: 'invoicing',
  reactsTo: [InvoiceDrafted.type],
  react: (event) => {
    if (!isEvent(InvoiceDrafted, event)) return []
    const { invoiceId, finalizeAt, boundaryAt } = event.data
    return compareInstants(finalizeAt, boundaryAt) <= 0 ? [want(StartFinalization, { invoiceId })] : []
  },
  // Somebody finalized it by hand, or a later measurement left nothing to bill.
  refusals: { invoice_not_draft: 'ignore', invoice_not_found: 'ignore' },
}
