import { defineProjection, on, type EventOf, type RecordedEvent } from '@billstream/event-sourcing-core'
import {
  DefaultPaymentMethodSet,
  PaymentDetailsErased,
  PaymentMethodAdded,
  PaymentMethodRemoved,
} from '@billstream/checkout-contracts'
import { paymentMethodView, type PaymentMethodRow } from './payment-method.view'

/**
 * The payment methods of all customers; a removed one is gone. All instants are real time. Details are empty once the person was
 * erased: `personal` is null then, and where an event of version 1 still says them, the erasure follows it.
 */
export const paymentMethodProjection = defineProjection({
  name: 'checkout.payment_method',
  view: paymentMethodView,
  version: 2,
  on: {
    ...on(PaymentMethodAdded, (event) => [{ id: event.data.method.paymentMethodId, row: addedRow(event, event.data) }]),
    ...on(DefaultPaymentMethodSet, (event) => {
      const { paymentMethodId, previousId } = event.data
      const moved = [change(event, paymentMethodId, { is_default: true })]
      return previousId === null ? moved : [change(event, previousId, { is_default: false }), ...moved]
    }),
    ...on(PaymentMethodRemoved, ({ data }) => [{ id: data.paymentMethodId, row: null }]),
    ...on(PaymentDetailsErased, (event) => event.data.paymentMethodIds.map((id) => change(event, id, { details: {} }))),
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
    details: data.personal?.details ?? {},
    created_at: event.recordedAt,
    updated_at: event.recordedAt,
  }
}

function change({ recordedAt }: RecordedEvent, id: string, columns: Partial<PaymentMethodRow>) {
  return { id, fold: (row: PaymentMethodRow | undefined) => row && { ...row, ...columns, updated_at: recordedAt } }
}
