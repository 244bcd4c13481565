import { assertNever, minorOf, ok, refuse, type Result } from '@billstream/kernel'
import type { CommandOf, Decider } from '@billstream/event-sourcing-core'
import {
  AbandonPaymentAttempt,
  OpenPayment,
  PaymentAttemptAbandoned,
  PaymentFailed,
  PaymentOpened,
  PaymentProcessing,
  PaymentRequested,
  PaymentRetried,
  PaymentSucceeded,
  RecordPaymentOutcome,
  RequestPayment,
  RetryPayment,
  type ChargedMethod,
  type PaymentCommand,
  type PaymentEvent,
} from '@billstream/checkout-contracts'
import type { CheckoutRefusal } from '../refusals'
import { evolvePayment, type OpenedPayment, type Payment } from './payment.state'

/** Gathered for OpenPayment: the customer's default method that can be charged, if any. */
export interface OpenPaymentFacts {
  readonly method: ChargedMethod | null
}

/** Gathered for RetryPayment. amountDue: minor units, "0" when nothing is due. */
export interface RetryPaymentFacts extends OpenPaymentFacts {
  readonly amountDue: string
}

type Outcome = Result<readonly PaymentEvent[], CheckoutRefusal>

function decide(command: PaymentCommand, state: Payment): Outcome {
  if (command.type === 'OpenPayment') return open(command, state)
  if (state.status === 'unopened') return refuse('payment_not_found', 'There is no such payment.')
  switch (command.type) {
    case 'RetryPayment':
      return retry(command, state)
    case 'RequestPayment':
      return request(command, state)
    case 'AbandonPaymentAttempt':
      return abandon(command, state)
    case 'RecordPaymentOutcome':
      return recordOutcome(command, state)
    default:
      return assertNever(command)
  }
}

function open({ data, facts }: CommandOf<typeof OpenPayment>, state: Payment): Outcome {
  if (state.status !== 'unopened') return refuse('payment_exists', 'The invoice has its payment already.')
  return ok([PaymentOpened({ ...data, method: (facts as OpenPaymentFacts).method })])
}

function retry({ facts }: CommandOf<typeof RetryPayment>, state: OpenedPayment): Outcome {
  const { method, amountDue } = facts as RetryPaymentFacts
  if (state.status !== 'failed') return refuse('payment_not_failed', 'Only a failed payment can be tried again.')
  if (minorOf(amountDue) <= 0n) return refuse('nothing_due', 'Nothing is due on the invoice.')
  if (!method) return refuse('no_default_payment_method', 'The customer has no default payment method.')
  const { paymentId, invoiceId } = state
  return ok([PaymentRetried({ paymentId, invoiceId, attempt: state.attempt + 1, amount: amountDue, method })])
}

function request({ data }: CommandOf<typeof RequestPayment>, state: OpenedPayment): Outcome {
  if (state.status !== 'pending' || state.attempt !== data.attempt) return attemptNotWanted()
  const { paymentId, invoiceId, customerId, currency, method } = state
  const { attempt, amount } = data
  return ok([PaymentRequested({ paymentId, invoiceId, attempt, customerId, amount, currency, method })])
}

function abandon({ data }: CommandOf<typeof AbandonPaymentAttempt>, state: OpenedPayment): Outcome {
  if (state.status !== 'pending' || state.attempt !== data.attempt) return attemptNotWanted()
  const { paymentId, invoiceId } = state
  return ok([PaymentAttemptAbandoned({ paymentId, invoiceId, attempt: data.attempt, reason: data.reason })])
}

function recordOutcome({ data, metadata }: CommandOf<typeof RecordPaymentOutcome>, state: OpenedPayment): Outcome {
  if (data.attempt > lastRequestedAttempt(state)) {
    return refuse('attempt_not_requested', 'The attempt has not been requested yet.')
  }
  if (state.status !== 'processing' || state.attempt !== data.attempt) {
    return refuse('attempt_not_open', 'The outcome of an attempt is final.')
  }
  const { paymentId, invoiceId, attempt, amount, currency } = state
  const { outcome } = data
  switch (outcome.kind) {
    case 'processing': {
      const { providerPaymentId } = outcome
      if (state.providerPaymentId === providerPaymentId) return ok([])
      return ok([PaymentProcessing({ paymentId, invoiceId, attempt, providerPaymentId })])
    }
    case 'succeeded': {
      const { providerPaymentId } = outcome
      const completedAt = metadata.now
      return ok([PaymentSucceeded({ paymentId, invoiceId, attempt, amount, currency, providerPaymentId, completedAt })])
    }
    case 'failed': {
      const { reason, providerPaymentId } = outcome
      return ok([PaymentFailed({ paymentId, invoiceId, attempt, reason, providerPaymentId })])
    }
    default:
      return assertNever(outcome)
  }
}

function lastRequestedAttempt(state: OpenedPayment): number {
  switch (state.status) {
    case 'waiting':
      return 0
    case 'pending':
      return state.attempt - 1
    case 'processing':
    case 'succeeded':
    case 'failed':
    case 'canceled':
      return state.attempt
    default:
      return assertNever(state)
  }
}

function attemptNotWanted() {
  return refuse('attempt_not_wanted', 'The payment does not want this attempt.')
}

/** A payment and its attempts. Source: domain.md, section 10. */
export const paymentDecider: Decider<Payment, PaymentCommand, PaymentEvent> = {
  category: 'payment',
  commands: [OpenPayment, RetryPayment, RequestPayment, AbandonPaymentAttempt, RecordPaymentOutcome],
  events: [
    PaymentOpened,
    PaymentRetried,
    PaymentRequested,
    PaymentProcessing,
    PaymentSucceeded,
    PaymentFailed,
    PaymentAttemptAbandoned,
  ],
  initial: { status: 'unopened' },
  foldVersion: 1,
  decide,
  evolve: evolvePayment,
}
