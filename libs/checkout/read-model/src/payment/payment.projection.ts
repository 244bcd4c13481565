import { defineProjection, on, type EventOf, type RecordedEvent } from '@billstream/event-sourcing-core'
import {
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
    ...on(PaymentOpened, (event) => [{ id: event.data.paymentId, row: openedRow(event, event.data) }]),
    ...on(PaymentRetried, (event) => {
      const { attempt, amount, method } = event.data
      const cleared = { provider_payment_id: null, failure_reason: null }
      return [
        change(event, { status: 'pending', attempt, amount_cents: amount, provider: method.provider, ...cleared }),
      ]
    }),
    ...on(PaymentRequested, (event) => {
      const { attempt, amount, method } = event.data
      return [change(event, { status: 'processing', attempt, amount_cents: amount, provider: method.provider })]
    }),
    ...on(PaymentProcessing, (event) => [
      change(event, { status: 'processing', provider_payment_id: event.data.providerPaymentId }),
    ]),
    ...on(PaymentSucceeded, (event) => {
      const { providerPaymentId, completedAt } = event.data
      return [change(event, { status: 'succeeded', provider_payment_id: providerPaymentId, completed_at: completedAt })]
    }),
    ...on(PaymentFailed, (event) => {
      const { providerPaymentId, reason } = event.data
      return [change(event, { status: 'failed', provider_payment_id: providerPaymentId, failure_reason: reason })]
    }),
    // Before the first attempt nothing has failed: the payment is over. A later one leaves it failed.
    ...on(PaymentAttemptAbandoned, (event) => [
      change(event, { status: event.data.attempt > 1 ? 'failed' : 'canceled' }),
    ]),
  },
})

function openedRow({ metadata }: RecordedEvent, data: EventOf<typeof PaymentOpened>['data']): PaymentRow {
  return {
    id: data.paymentId,
    organization_id: metadata.organizationId,
    invoice_id: data.invoiceId,
    customer_id: data.customerId,
    amount_cents: data.amount,
    currency: data.currency,
    status: 'pending',
    provider: data.method?.provider ?? PROVIDER_WITHOUT_METHOD,
    provider_payment_id: null,
    failure_reason: null,
    attempt: data.method ? 1 : 0,
    created_at: metadata.occurredAt,
    updated_at: metadata.occurredAt,
    completed_at: null,
  }
}

function change(event: RecordedEvent<string, { paymentId: string }>, columns: Partial<PaymentRow>) {
  const updated_at = event.metadata.occurredAt
  return { id: event.data.paymentId, fold: (row: PaymentRow | undefined) => row && { ...row, ...columns, updated_at } }
}
