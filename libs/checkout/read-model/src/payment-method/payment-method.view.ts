import { col, defineView, type ViewRow } from '@billstream/event-sourcing-core'

export const paymentMethodView = defineView(
  'checkout',
  'payment_method',
  {
    customer_id: col.uuid,
    provider: col.text,
    provider_payment_method_id: col.text,
    type: col.text,
    is_default: col.boolean,
    details: col.personal(col.json<Record<string, unknown>>()),
    created_at: col.instant,
    updated_at: col.instant,
  },
  [['customer_id']],
)
export type PaymentMethodRow = ViewRow<typeof paymentMethodView>
