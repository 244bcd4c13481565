import type { PaymentMethodRow } from '@billstream/checkout-read-model'

/** A payment method as GET shows it. Source: rules/boxbilling.md, section 12. */
export function presentPaymentMethod(method: PaymentMethodRow) {
  return {
    id: method.id,
    organization_id: method.organization_id,
    customer_id: method.customer_id,
    provider: method.provider,
    provider_payment_method_id: method.provider_payment_method_id,
    type: method.type,
    is_default: method.is_default,
    details: method.details,
    created_at: method.created_at,
    updated_at: method.updated_at,
  }
}
