import { assertNever } from '@billstream/kernel'
import type { Decider } from '@billstream/event-sourcing-core'
import {
  CompleteFinalization,
  DraftInvoice,
  InvoiceDrafted,
  InvoiceFinalizationStarted,
  InvoiceFinalized,
  InvoicePaid,
  InvoicePaymentFailed,
  InvoicePaymentStarted,
  InvoiceRefreshed,
  InvoiceSkipped,
  RefreshInvoice,
  SettleInvoicePayment,
  StartFinalization,
  StartInvoicePayment,
  type InvoiceCommand,
  type InvoiceEvent,
} from '@billstream/invoicing-contracts'
import { draftInvoice, refreshInvoice } from './draft-invoice'
import { completeFinalization, startFinalization } from './finalize-invoice'
import { evolveInvoice, noInvoice, type InvoiceState } from './invoice.state'
import { settlePayment, startPayment } from './pay-invoice'

/** An invoice from its draft to its payment; one per boundary, as its id is derived from it. Source: domain.md section 8. */
export const invoiceDecider: Decider<InvoiceState, InvoiceCommand, InvoiceEvent> = {
  category: 'invoice',
  commands: [
    ...[DraftInvoice, RefreshInvoice, StartFinalization, CompleteFinalization],
    ...[StartInvoicePayment, SettleInvoicePayment],
  ],
  events: [
    ...[InvoiceDrafted, InvoiceSkipped, InvoiceRefreshed, InvoiceFinalizationStarted, InvoiceFinalized],
    ...[InvoicePaymentStarted, InvoicePaymentFailed, InvoicePaid],
  ],
  initial: noInvoice,
  foldVersion: 1,
  decide(command, state) {
    switch (command.type) {
      case 'DraftInvoice':
        return draftInvoice(command, state)
      case 'RefreshInvoice':
        return refreshInvoice(command, state)
      case 'StartFinalization':
        return startFinalization(command, state)
      case 'CompleteFinalization':
        return completeFinalization(command, state)
      case 'StartInvoicePayment':
        return startPayment(command, state)
      case 'SettleInvoicePayment':
        return settlePayment(command, state)
      default:
        return assertNever(command)
    }
  },
  evolve: evolveInvoice,
}
