import { assertNever } from '@billstream/kernel'
import type { ChargedMethod, FailureReason, PaymentEvent } from '@billstream/checkout-contracts'

interface Opened {
  readonly paymentId: string
  readonly invoiceId: string
  readonly customerId: string
  /** Minor units. */
  readonly amount: string
  readonly currency: string
}

/** `attempt`: the number of the latest one, 1 for the first. */
export type Payment =
  | { readonly status: 'unopened' }
  /** No default method when it was opened: it waits to be paid otherwise. Shown as pending. */
  | (Opened & { readonly status: 'waiting' })
  /** The attempt is wanted; the invoice has not handed it out. */
  | (Opened & {
      readonly status: 'pending'
      readonly attempt: number
      readonly method: ChargedMethod
      readonly lastFailure: FailureReason | null
    })
  /** The provider may have been called; the outcome is open or unknown. */
  | (Opened & { readonly status: 'processing'; readonly attempt: number; readonly providerPaymentId: string | null })
  | (Opened & { readonly status: 'succeeded'; readonly attempt: number })
  | (Opened & { readonly status: 'failed'; readonly attempt: number; readonly reason: FailureReason })
  /** The invoice was paid otherwise before the first attempt. */
  | (Opened & { readonly status: 'canceled'; readonly attempt: number })

export type OpenedPayment = Exclude<Payment, { status: 'unopened' }>

/** The fold of a payment's facts. */
export function evolvePayment(state: Payment, event: PaymentEvent): Payment {
  if (event.type === 'PaymentOpened') {
    const { method, ...opened } = event.data
    return method
      ? { ...opened, status: 'pending', attempt: 1, method, lastFailure: null }
      : { ...opened, status: 'waiting' }
  }
  return state.status === 'unopened' ? state : evolveOpened(state, event)
}

function evolveOpened(state: OpenedPayment, event: Exclude<PaymentEvent, { type: 'PaymentOpened' }>): Payment {
  const { attempt } = event.data
  const opened = openedPart(state)
  switch (event.type) {
    case 'PaymentRetried': {
      const { amount, method } = event.data
      const lastFailure = state.status === 'failed' ? state.reason : null
      return { ...opened, amount, status: 'pending', attempt, method, lastFailure }
    }
    case 'PaymentRequested':
      return { ...opened, amount: event.data.amount, status: 'processing', attempt, providerPaymentId: null }
    case 'PaymentProcessing':
      return { ...opened, status: 'processing', attempt, providerPaymentId: event.data.providerPaymentId }
    case 'PaymentSucceeded':
      return { ...opened, status: 'succeeded', attempt }
    case 'PaymentFailed':
      return { ...opened, status: 'failed', attempt, reason: event.data.reason }
    case 'PaymentAttemptAbandoned':
      return state.status === 'pending' && state.lastFailure !== null
        ? { ...opened, status: 'failed', attempt, reason: state.lastFailure }
        : { ...opened, status: 'canceled', attempt }
    default:
      return assertNever(event)
  }
}

function openedPart({ paymentId, invoiceId, customerId, amount, currency }: OpenedPayment): Opened {
  return { paymentId, invoiceId, customerId, amount, currency }
}
