import { InvoiceFinalized } from '@billstream/invoicing-contracts'
import { boundariesOf } from './boundaries.invariant'
import { eventsOf, type Invariant } from './observed-world'

/** What was shown as the next invoice, with nothing changed until then, is what was issued. */
export const previewIsInvoice: Invariant = {
  name: 'preview = invoice',
  check(world) {
    const closed = boundariesOf(world).filter(({ boundary }) => boundary.kind === 'period_close')
    const issued = new Map(eventsOf(world, InvoiceFinalized).map(({ data }) => [data.invoiceId, data]))
    return world.ledger.previews.flatMap(({ subscriptionId, periodEnd, amounts, total }) => {
      const close = closed.find((each) => each.subscriptionId === subscriptionId && each.boundary.at === periodEnd)
      if (!close) return []
      const invoice = issued.get(close.invoiceId)
      const shown = `${total} of ${amounts.join(' + ')}`
      const real = invoice
        ? `${invoice.totals.total} of ${invoice.fees.map(({ amount }) => amount).join(' + ')}`
        : '0 of '
      return shown === real ? [] : [`${subscriptionId} until ${periodEnd}: ${shown} was shown, ${real} was issued`]
    })
  },
}
