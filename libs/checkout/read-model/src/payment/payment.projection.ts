import { defineProjection, type EventOf, type RecordedEvent } from '@billstream/event-sourcing-core'
import type {
  PaymentAttemptAbandoned,
  PaymentFailed,
  PaymentOpened,
  PaymentProcessing,
  PaymentRequested,
  PaymentRetried,
  PaymentSucceeded,
} from '@billstream/checkout-contracts'
import { paymentView, type PaymentRow } from './payment.view'

/** A payment that no provider can be asked for is settled by hand. */
const PROVIDER_WITHOUT_METHOD = 'manual'

/** The payments as the APIs show them; all instants are customer time. Source: domain.md, section 10. */
export const paymentProjection = defineProjection({
  name: 'checkout.payment',
  view: paymentView,
  version: 1,
  on: {
    PaymentOpened: (event) => {
      const data = event.data as EventOf<typeof PaymentOpened>['data']
      return [{ id: data.paymentId, fold: () => openedRow(event, data) }]
    },
    PaymentRetried: (event) => {
      const { paymentId, attempt, amount, method } = event.data as EventOf<typeof PaymentRetried>['data']
      return update(event, paymentId, {
        status: 'pending',
        attempt,
        amount_cents: amount,
        provider: method.provider,
        provider_payment_id: null,
        failure_reason: null,
      })
    },
    PaymentRequested: (event) => {
      const { paymentId, attempt, amount, method } = event.data as EventOf<typeof PaymentRequested>['data']
      return update(event, paymentId, {
        status: 'processing',
        attempt,
        amount_cents: amount,
        provider: method.provider,
      })
    },
    PaymentProcessing: (event) => {
      const { paymentId, providerPaymentId } = event.data as EventOf<typeof PaymentProcessing>['data']
      return update(event, paymentId, { status: 'processing', provider_payment_id: providerPaymentId })
    },
    PaymentSucceeded: (event) => {
      const { paymentId, providerPaymentId, completedAt } = event.data as EventOf<typeof PaymentSucceeded>['data']
      return update(event, paymentId, {
        status: 'succeeded',
        provider_payment_id: providerPaymentId,
        failure_reason: null,
        completed_at: completedAt,
      })
    },
    PaymentFailed: (event) => {
      const { paymentId, providerPaymentId, reason } = event.data as EventOf<typeof PaymentFailed>['data']
      return update(event, paymentId, {
        status: 'failed',
        provider_payment_id: providerPaymentId,
        failure_reason: reason,
      })
    },
    PaymentAttemptAbandoned: (event) => {
      const { paymentId, attempt } = event.data as EventOf<typeof PaymentAttemptAbandoned>['data']
      // Before the first attempt nothing has failed: the payment is over. A later one leaves it failed.
      return update(event, paymentId, { status: attempt > 1 ? 'failed' : 'canceled' })
    },
  },
})

function openedRow(event: RecordedEvent, data: EventOf<typeof PaymentOpened>['data']): PaymentRow {
  return {
    id: data.paymentId,
    organization_id: event.metadata.organizationId,
    invoice_id: data.invoiceId,
    customer_id: data.customerId,
    amount_cents: data.amount,
    currency: data.currency,
    status: 'pending',
    provider: data.method?.provider ?? PROVIDER_WITHOUT_METHOD,
    provider_payment_id: null,
    failure_reason: null,
    attempt: data.method ? 1 : 0,
    created_at: event.metadata.occurredAt,
    updated_at: event.metadata.occurredAt,
    completed_at: null,
  }
}

function update(event: RecordedEvent, id: string, changes: Partial<PaymentRow>) {
  const updated_at = event.metadata.occurredAt
  return [{ id, fold: (row: PaymentRow | undefined) => row && { ...row, ...changes, updated_at } }]
}
