import { defineProjection, type EventOf, type RecordedEvent } from '@billstream/event-sourcing-core'
import type { DefaultPaymentMethodSet, PaymentMethodAdded, PaymentMethodRemoved } from '@billstream/checkout-contracts'
import { paymentMethodView, type PaymentMethodRow } from './payment-method.view'

/** The payment methods of all customers; a removed one is gone. All instants are real time. */
export const paymentMethodProjection = defineProjection({
  name: 'checkout.payment_method',
  view: paymentMethodView,
  version: 1,
  on: {
    PaymentMethodAdded: (event) => {
      const { customerId, method, isDefault } = event.data as EventOf<typeof PaymentMethodAdded>['data']
      const row: PaymentMethodRow = {
        id: method.paymentMethodId,
        organization_id: event.metadata.organizationId,
        customer_id: customerId,
        provider: method.provider,
        provider_payment_method_id: method.providerPaymentMethodId,
        type: method.type,
        is_default: isDefault,
        details: method.details,
        created_at: event.recordedAt,
        updated_at: event.recordedAt,
      }
      return [{ id: row.id, fold: () => row }]
    },
    DefaultPaymentMethodSet: (event) => {
      const { paymentMethodId, previousId } = event.data as EventOf<typeof DefaultPaymentMethodSet>['data']
      const moved = [setDefault(event, paymentMethodId, true)]
      return previousId === null ? moved : [setDefault(event, previousId, false), ...moved]
    },
    PaymentMethodRemoved: (event) => {
      const { paymentMethodId } = event.data as EventOf<typeof PaymentMethodRemoved>['data']
      return [{ id: paymentMethodId, fold: () => null }]
    },
  },
})

function setDefault(event: RecordedEvent, id: string, isDefault: boolean) {
  const changed = { is_default: isDefault, updated_at: event.recordedAt }
  return { id, fold: (row: PaymentMethodRow | undefined) => row && { ...row, ...changed } }
}
