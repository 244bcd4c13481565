import { aggregate, type PlatformPorts, type ServiceDefinition } from '@billstream/event-sourcing-runtime'
import { invoiceDecider, invoiceTimers, taxApplicationDecider, taxDecider } from '@billstream/invoicing-domain'
import type { MessageBus } from '@billstream/messaging'
import { completeInvoiceWhenMeasuredLast } from './complete-invoice-when-measured-last/complete-invoice-when-measured-last.process'
import { draftInvoiceWhenPeriodMeasured } from './draft-invoice-when-period-measured/draft-invoice-when-period-measured.process'
import { dropApplicationsOfRemovedTax } from './drop-applications-of-removed-tax/drop-applications-of-removed-tax.process'
import { finalizeDraftWithoutGrace } from './finalize-draft-without-grace/finalize-draft-without-grace.process'
import { followPaymentOfInvoice } from './follow-payment-of-invoice/follow-payment-of-invoice.process'
import { gatherForCompletion, gatherForDraft } from './invoice/invoice.facts'
import { previewInvoice } from './preview-invoice/preview-invoice.query'
import { refreshDraftWhenMeasuredAgain } from './refresh-draft-when-measured-again/refresh-draft-when-measured-again.process'
import { gatherForTaxApplication } from './tax/tax-application.facts'

/** Taxes and invoices, from the measured boundary to the settled payment. */
export function invoicingService({
  numbers,
  bus,
}: Pick<PlatformPorts, 'numbers'> & { bus: Pick<MessageBus, 'ask'> }): ServiceDefinition {
  return {
    context: 'invoicing',
    aggregates: [
      aggregate(taxDecider),
      aggregate(taxApplicationDecider, { DefineTaxApplication: gatherForTaxApplication }),
      aggregate(invoiceDecider, {
        DraftInvoice: gatherForDraft,
        RefreshInvoice: gatherForDraft,
        CompleteFinalization: gatherForCompletion(numbers),
      }),
    ],
    processes: [
      draftInvoiceWhenPeriodMeasured,
      refreshDraftWhenMeasuredAgain,
      completeInvoiceWhenMeasuredLast,
      finalizeDraftWithoutGrace,
      followPaymentOfInvoice,
      dropApplicationsOfRemovedTax,
    ],
    timers: [invoiceTimers],
    queries: [previewInvoice(bus)],
    subscribers: [],
    workers: [],
  }
}
