import { PaymentOpened, PaymentRequested, PaymentRetried, PaymentSucceeded } from '@billstream/checkout-contracts'
import { isEvent, type EventOf, type RecordedEvent } from '@billstream/event-sourcing-core'
import { InvoiceFinalized, InvoicePaymentStarted } from '@billstream/invoicing-contracts'
import { Tally, type CheckResult } from './check'

/** Unpaid invoices that are remembered; payments of further ones are not looked at, and that is noted. */
const UNPAID_MAX = 500_000

const OF_PAYMENT: ReadonlySet<string> = new Set(
  [PaymentOpened, PaymentRetried, PaymentRequested, PaymentSucceeded, InvoicePaymentStarted].map(({ type }) => type),
)

interface Amount {
  readonly invoiceId: string
  readonly amount: string
  /** A payment that is tried again does not say it again. */
  readonly currency?: string
}

interface Due {
  /** Minor units. */
  readonly amount: string
  readonly currency: string
}

/**
 * An invoice is paid whole or not at all, and nothing but its payment changes what is due: so every amount of its payment, of
 * whatever attempt, is what was due when it was issued. Source: domain.md, section 10.
 */
export class PaymentAmounts {
  private readonly tally = new Tally('1. every amount of a payment is what was due on its invoice')
  private readonly due = new Map<string, Due>()

  get result(): CheckResult {
    return this.tally.result
  }

  see(event: RecordedEvent): void {
    if (isEvent(InvoiceFinalized, event)) this.remember(event.data)
    if (OF_PAYMENT.has(event.type)) this.compare(event, event.data as Amount)
    if (isEvent(PaymentSucceeded, event)) this.due.delete(event.data.invoiceId)
  }

  private remember({ invoiceId, totals, currency }: EventOf<typeof InvoiceFinalized>['data']): void {
    if (this.due.size >= UNPAID_MAX) this.tally.note(`only of the first ${UNPAID_MAX} unpaid invoices`)
    else this.due.set(invoiceId, { amount: totals.amountDue, currency })
  }

  private compare({ position, type }: RecordedEvent, { invoiceId, amount, currency }: Amount): void {
    const due = this.due.get(invoiceId)
    if (!due) return
    const found = { amount, currency: currency ?? due.currency }
    this.tally.expect(`position ${position}, ${type} of invoice ${invoiceId}`, due, found)
  }
}
