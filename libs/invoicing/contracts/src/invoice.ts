import { Type, type Static } from '@sinclair/typebox'
import { derivedId } from '@billstream/kernel'
import {
  defineCommand,
  defineEvent,
  Field,
  PeriodField,
  type CommandOf,
  type EventOf,
} from '@billstream/event-sourcing-core'

const { id, text, orNull, integer, decimal, minor, currency, timezone, instant, object } = Field
const target = {
  context: 'invoicing',
  category: 'invoice',
  aggregateId: (d: { invoiceId: string }) => d.invoiceId,
} as const

/** The one id that an invoice of this boundary can have. Source: domain.md section 8. */
export function invoiceIdOf(boundaryEventId: string): string {
  return derivedId('invoice', boundaryEventId)
}

/** The one id of an invoice for usage that came late, after the subscription's end. Source: domain.md section 8. */
export function correctionInvoiceIdOf(subscriptionId: string, measurementId: string): string {
  return derivedId('invoice', subscriptionId, measurementId)
}

export const FeeTax = Type.Object({ taxId: id, code: text, name: text, rate: decimal, amount: minor })

/** Why a fee is what it is: the measurement, the plan version, the rule with its steps, the rounding. */
export const FeeCause = Type.Object({
  planId: id,
  planVersion: integer,
  measurementId: orNull(id),
  watermark: orNull(text),
  rule: text,
  /** The exact amount before it was rounded to minor units. */
  exact: decimal,
  steps: Type.Array(object),
  /** A correction: the invoice and fee amount that it corrects. */
  corrects: orNull(Type.Object({ invoiceId: id, billed: minor, now: minor })),
  /** Of a credit line: what this invoice could not bear, left for the next one; 0 or negative. */
  carried: minor,
})

export const Fee = Type.Object({
  feeId: id,
  feeType: Type.Union([
    Type.Literal('charge'),
    Type.Literal('subscription'),
    Type.Literal('add_on'),
    Type.Literal('credit'),
    Type.Literal('commitment'),
  ]),
  chargeId: orNull(id),
  metricCode: orNull(text),
  chargeModel: orNull(text),
  description: text,
  units: decimal,
  eventsCount: integer,
  unitAmount: decimal,
  amount: minor,
  taxes: Type.Array(FeeTax),
  taxAmount: minor,
  /** What was applied, as the public APIs show it. */
  properties: object,
  period: PeriodField,
  cause: FeeCause,
})
export type Fee = Static<typeof Fee>

/** One row per tax code and rate: tax = round(taxable x rate / 100). */
export const InvoiceTax = Type.Object({
  taxId: id,
  code: text,
  name: text,
  rate: decimal,
  taxable: minor,
  amount: minor,
})

export const InvoiceTotals = Type.Object({
  subtotal: minor,
  coupons: minor,
  tax: minor,
  progressiveCredit: minor,
  total: minor,
  prepaidCredit: minor,
  amountDue: minor,
})
export type InvoiceTotals = Static<typeof InvoiceTotals>

const content = {
  fees: Type.Array(Fee),
  taxes: Type.Array(InvoiceTax),
  totals: InvoiceTotals,
  measurementId: orNull(id),
}
export const InvoiceContent = Type.Object(content)
export type InvoiceContent = Static<typeof InvoiceContent>

/** The buyer as an issued invoice must keep it for the legal term, under a key of the invoice's own. */
export const Buyer = Type.Object({ name: text, email: orNull(text), billingMetadata: object })

const head = {
  invoiceId: id,
  invoiceType: text,
  subscriptionId: orNull(id),
  externalSubscriptionId: orNull(text),
  customerId: id,
  currency,
  timezone,
  billingPeriod: PeriodField,
  boundaryAt: instant,
  /** When the draft is finalized: the boundary plus the grace period. */
  finalizeAt: instant,
  netPaymentTermDays: integer,
  /** The whole measured request: the last measurement repeats it. */
  measured: object,
}

/** From a measurement (purpose draft). Facts (gathered): plan version, customer, organization, taxes, fees that corrections correct. No fees: `InvoiceSkipped`. */
export const DraftInvoice = defineCommand(
  'DraftInvoice',
  { ...target, creates: true },
  Type.Object({ invoiceId: id, measurement: object }),
)
/** From a measurement (purpose refresh). A finalizing or finalized invoice refuses: `invoice_not_draft`. A skipped one is drafted while its grace lasts. */
export const RefreshInvoice = defineCommand(
  'RefreshInvoice',
  target,
  Type.Object({ invoiceId: id, measurement: object }),
)
/** Locks the draft. By the timer, by hand, or at once without grace. Refusal `invoice_not_draft`. */
export const StartFinalization = defineCommand('StartFinalization', target, Type.Object({ invoiceId: id }))
/**
 * From the last measurement. Facts as for a draft, and the number. Never refused once started. `issuedAt`: when that measurement
 * was made, so that a repeat takes its number from the same day.
 */
export const CompleteFinalization = defineCommand(
  'CompleteFinalization',
  target,
  Type.Object({ invoiceId: id, measurement: object, issuedAt: instant }),
)
/** Hands out an attempt to pay. Refusals: `attempt_open`, `nothing_due`, `invoice_not_finalized`. */
export const StartInvoicePayment = defineCommand(
  'StartInvoicePayment',
  target,
  Type.Object({ invoiceId: id, paymentId: id, attempt: integer }),
)
/** The outcome of the open attempt; another attempt's: refusal `attempt_not_open`. */
export const SettleInvoicePayment = defineCommand(
  'SettleInvoicePayment',
  target,
  Type.Object({
    invoiceId: id,
    paymentId: id,
    attempt: integer,
    outcome: Type.Union([Type.Literal('succeeded'), Type.Literal('failed')]),
    amount: minor,
  }),
)

export const InvoiceDrafted = defineEvent('InvoiceDrafted', Type.Object({ ...head, ...content }))
/** No fees, so no invoice: nothing was drafted, or the draft is gone. `droppedFeeIds`: fees of the draft that are no more. */
export const InvoiceSkipped = defineEvent(
  'InvoiceSkipped',
  Type.Object({
    invoiceId: id,
    reason: text,
    subscriptionId: orNull(id),
    measurementId: orNull(id),
    droppedFeeIds: Type.Array(id),
  }),
)
export const InvoiceRefreshed = defineEvent(
  'InvoiceRefreshed',
  Type.Object({
    invoiceId: id,
    customerId: id,
    subscriptionId: orNull(id),
    ...content,
    droppedFeeIds: Type.Array(id),
  }),
)
export const InvoiceFinalizationStarted = defineEvent(
  'InvoiceFinalizationStarted',
  Type.Object({ invoiceId: id, measured: object }),
)
export const InvoiceFinalized = defineEvent(
  'InvoiceFinalized',
  Type.Object({
    invoiceId: id,
    customerId: id,
    subscriptionId: orNull(id),
    number: text,
    issuedAt: instant,
    dueDate: instant,
    currency,
    ...content,
    droppedFeeIds: Type.Array(id),
    personal: orNull(Buyer),
  }),
  { personalSubject: (data) => `invoice:${(data as { invoiceId: string }).invoiceId}` },
)
export const InvoicePaymentStarted = defineEvent(
  'InvoicePaymentStarted',
  Type.Object({
    invoiceId: id,
    paymentId: id,
    attempt: integer,
    amount: minor,
    currency,
    customerId: id,
    feeIds: Type.Array(id),
  }),
)
export const InvoicePaymentFailed = defineEvent(
  'InvoicePaymentFailed',
  Type.Object({ invoiceId: id, paymentId: id, attempt: integer, feeIds: Type.Array(id) }),
)
/** The amount due reached 0. */
export const InvoicePaid = defineEvent(
  'InvoicePaid',
  Type.Object({ invoiceId: id, paidAt: instant, paymentId: orNull(id), feeIds: Type.Array(id) }),
)

export type InvoiceCommand =
  | CommandOf<typeof DraftInvoice>
  | CommandOf<typeof RefreshInvoice>
  | CommandOf<typeof StartFinalization>
  | CommandOf<typeof CompleteFinalization>
  | CommandOf<typeof StartInvoicePayment>
  | CommandOf<typeof SettleInvoicePayment>
export type InvoiceEvent =
  | EventOf<typeof InvoiceDrafted>
  | EventOf<typeof InvoiceSkipped>
  | EventOf<typeof InvoiceRefreshed>
  | EventOf<typeof InvoiceFinalizationStarted>
  | EventOf<typeof InvoiceFinalized>
  | EventOf<typeof InvoicePaymentStarted>
  | EventOf<typeof InvoicePaymentFailed>
  | EventOf<typeof InvoicePaid>
