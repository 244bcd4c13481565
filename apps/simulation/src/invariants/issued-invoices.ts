import { InvoiceFinalized, InvoicePaid } from '@billstream/invoicing-contracts'
import { eventsOf, type ObservedWorld } from './observed-world'

/** Issued invoices in a form in which two runs of one story can be compared: to the cent, without numbers and dates. */
export function issuedInvoices(world: ObservedWorld): string[] {
  const paid = new Set(eventsOf(world, InvoicePaid).map(({ data }) => data.invoiceId))
  return eventsOf(world, InvoiceFinalized)
    .map(({ data: { invoiceId, subscriptionId, fees, taxes, totals } }) =>
      JSON.stringify({
        subscriptionId,
        fees: fees.map(({ description, units, amount, taxAmount, period }) =>
          [description, `${period.start}/${period.end}`, units, amount, taxAmount].join(' '),
        ),
        taxes: taxes.map(({ code, amount }) => `${code} ${amount}`),
        total: totals.total,
        isPaid: paid.has(invoiceId),
      }),
    )
    .sort()
}
