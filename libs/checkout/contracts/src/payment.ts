import { Type, type Static } from '@sinclair/typebox'
import { derivedId } from '@billstream/kernel'
import { defineCommand, defineEvent, Field, type CommandOf, type EventOf } from '@billstream/event-sourcing-core'

const { id, text, orNull, integer, minor, currency, instant } = Field
const target = {
  context: 'checkout',
  category: 'payment',
  aggregateId: (d: { paymentId: string }) => d.paymentId,
} as const

/** One payment per invoice. */
export function paymentIdOf(invoiceId: string): string {
  return derivedId('payment', invoiceId)
}

/** The provider's idempotency key of one attempt. Source: domain.md section 10. */
export function attemptKeyOf(paymentId: string, attempt: number): string {
  return derivedId('payment-attempt', paymentId, attempt)
}

export const FAILURE_REASONS = [
  'expired_card',
  'invalid_details',
  'fraud',
  'authentication_required',
  'invalid_card',
  'general_decline',
  'contact_provider',
  'lack_of_funds',
] as const
export const FailureReason = Type.Union(FAILURE_REASONS.map((reason) => Type.Literal(reason)))
export type FailureReason = (typeof FAILURE_REASONS)[number]

export const ChargedMethod = Type.Object({ paymentMethodId: id, provider: text, providerPaymentMethodId: text })
export type ChargedMethod = Static<typeof ChargedMethod>

/** At finalisation. Facts (gathered): the customer's default method, or null: the payment then waits. Refusal `payment_exists`. */
export const OpenPayment = defineCommand(
  'OpenPayment',
  { ...target, creates: true },
  Type.Object({ paymentId: id, invoiceId: id, customerId: id, amount: minor, currency }),
)
/** By hand: the next attempt with the present default method. Facts: the method, the amount due. Refusals: `payment_not_found`, `payment_not_failed`, `nothing_due`, `no_default_payment_method`. */
export const RetryPayment = defineCommand('RetryPayment', target, Type.Object({ paymentId: id }))
/** The invoice handed out the attempt: the provider may be called. Refusals `payment_not_found`, `attempt_not_wanted`. */
export const RequestPayment = defineCommand(
  'RequestPayment',
  target,
  Type.Object({ paymentId: id, attempt: integer, amount: minor }),
)
/** The invoice was paid otherwise before it handed out the attempt. Refusals `payment_not_found`, `attempt_not_wanted`. */
export const AbandonPaymentAttempt = defineCommand(
  'AbandonPaymentAttempt',
  target,
  Type.Object({ paymentId: id, attempt: integer, reason: text }),
)
/**
 * What the provider said of an attempt. Refusals: `attempt_not_open` (its outcome is final), `attempt_not_requested` and
 * `payment_not_found` (a notification that came before its payment waits).
 */
export const RecordPaymentOutcome = defineCommand(
  'RecordPaymentOutcome',
  target,
  Type.Object({
    paymentId: id,
    attempt: integer,
    outcome: Type.Union([
      Type.Object({ kind: Type.Literal('processing'), providerPaymentId: text }),
      Type.Object({ kind: Type.Literal('succeeded'), providerPaymentId: text }),
      Type.Object({ kind: Type.Literal('failed'), providerPaymentId: orNull(text), reason: FailureReason }),
    ]),
  }),
)

const attempt = { paymentId: id, invoiceId: id, attempt: integer }
export const PaymentOpened = defineEvent(
  'PaymentOpened',
  Type.Object({ paymentId: id, invoiceId: id, customerId: id, amount: minor, currency, method: orNull(ChargedMethod) }),
)
/** A next attempt is wanted: pending again. */
export const PaymentRetried = defineEvent(
  'PaymentRetried',
  Type.Object({ ...attempt, amount: minor, method: ChargedMethod }),
)
export const PaymentRequested = defineEvent(
  'PaymentRequested',
  Type.Object({ ...attempt, customerId: id, amount: minor, currency, method: ChargedMethod }),
)
export const PaymentProcessing = defineEvent('PaymentProcessing', Type.Object({ ...attempt, providerPaymentId: text }))
export const PaymentSucceeded = defineEvent(
  'PaymentSucceeded',
  Type.Object({ ...attempt, amount: minor, currency, providerPaymentId: text, completedAt: instant }),
)
/** Version 1 did not say which payment of the provider had failed. */
export const PaymentFailed = defineEvent(
  'PaymentFailed',
  Type.Object({ ...attempt, reason: FailureReason, providerPaymentId: orNull(text) }),
  { version: 2, upcasters: { 1: (data) => ({ ...data, providerPaymentId: null }) } },
)
export const PaymentAttemptAbandoned = defineEvent('PaymentAttemptAbandoned', Type.Object({ ...attempt, reason: text }))

export type PaymentCommand =
  | CommandOf<typeof OpenPayment>
  | CommandOf<typeof RetryPayment>
  | CommandOf<typeof RequestPayment>
  | CommandOf<typeof AbandonPaymentAttempt>
  | CommandOf<typeof RecordPaymentOutcome>
export type PaymentEvent =
  | EventOf<typeof PaymentOpened>
  | EventOf<typeof PaymentRetried>
  | EventOf<typeof PaymentRequested>
  | EventOf<typeof PaymentProcessing>
  | EventOf<typeof PaymentSucceeded>
  | EventOf<typeof PaymentFailed>
  | EventOf<typeof PaymentAttemptAbandoned>
