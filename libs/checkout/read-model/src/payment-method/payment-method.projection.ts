import { defineProjection, on, type EventOf, type RecordedEvent } from '@billstream/event-sourcing-core'
import { DefaultPaymentMethodSet, PaymentMethodAdded, PaymentMethodRemoved } from '@billstream/checkout-contracts'
import { paymentMethodView, type PaymentMethodRow } from './payment-method.view'

/** The payment methods of all customers; a removed one is gone. All instants are real time. */
export const paymentMethodProjection = defineProjection({
  name: 'checkout.payment_method',
  view: paymentMethodView,
  version: 1,
  on: {
    ...on(PaymentMethodAdded, (event) => [{ id: event.data.method.paymentMethodId, row: addedRow(event, event.data) }]),
    ...on(DefaultPaymentMethodSet, (event) => {
      const { paymentMethodId, previousId } = event.data
      const moved = [setDefault(event, paymentMethodId, { to: true })]
      return previousId === null ? moved : [setDefault(event, previousId, { to: false }), ...moved]
    }),
    ...on(PaymentMethodRemoved, ({ data }) => [{ id: data.paymentMethodId, row: null }]),
  },
})

function addedRow(event: RecordedEvent, data: EventOf<typeof PaymentMethodAdded>['data']): PaymentMethodRow {
  return {
    id: data.method.paymentMethodId,
    organization_id: event.metadata.organizationId,
    customer_id: data.customerId,
    provider: data.method.provider,
    provider_payment_method_id: data.method.providerPaymentMethodId,
    type: data.method.type,
    is_default: data.isDefault,
    details: data.method.details,
    created_at: event.recordedAt,
    updated_at: event.recordedAt,
  }
}

function setDefault(event: RecordedEvent, id: string, { to }: { to: boolean }) {
  const changed = { is_default: to, updated_at: event.recordedAt }
  return { id, fold: (row: PaymentMethodRow | undefined) => row && { ...row, ...changed } }
}
