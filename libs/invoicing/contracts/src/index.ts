import * as invoice from './invoice'
import { Tax, TaxApplication } from './tax'

export * from './invoice'
export * from './queries'
export * from './tax'

export const invoicingEvents = [
  Tax.Defined,
  Tax.Changed,
  Tax.Removed,
  TaxApplication.Defined,
  TaxApplication.Changed,
  TaxApplication.Removed,
  invoice.InvoiceDrafted,
  invoice.InvoiceSkipped,
  invoice.InvoiceRefreshed,
  invoice.InvoiceFinalizationStarted,
  invoice.InvoiceFinalized,
  invoice.InvoicePaymentStarted,
  invoice.InvoicePaymentFailed,
  invoice.InvoicePaid,
]
