import { Type } from '@sinclair/typebox'
import { defineCommand, defineEvent, Field, type CommandOf, type EventOf } from '@billstream/event-sourcing-core'

const { id, text, boolean, object } = Field
/** All methods of a customer are one stream, so there is exactly one default. */
const target = {
  context: 'checkout',
  category: 'payment-methods',
  aggregateId: (d: { customerId: string }) => d.customerId,
} as const

const Method = Type.Object({
  paymentMethodId: id,
  provider: text,
  providerPaymentMethodId: text,
  type: text,
  details: object,
})

/**
 * `isDefault` as sent, also for the first one: a customer has at most one default. Refusals: `payment_method_exists`,
 * `unknown_provider`, `provider_not_configured`, `test_organization_only`, `unknown_payment_method_token`,
 * `card_number_not_allowed` (field details), `customer_not_found`. Source: rules/boxbilling.md, section 12.
 */
export const AddPaymentMethod = defineCommand(
  'AddPaymentMethod',
  target,
  Type.Object({ customerId: id, method: Method, isDefault: boolean }),
)
/** Moves the default. Refusal `payment_method_not_found`. */
export const SetDefaultPaymentMethod = defineCommand(
  'SetDefaultPaymentMethod',
  target,
  Type.Object({ customerId: id, paymentMethodId: id }),
)
/** Refusals `payment_method_not_found`, `payment_method_is_default` (400). */
export const RemovePaymentMethod = defineCommand(
  'RemovePaymentMethod',
  target,
  Type.Object({ customerId: id, paymentMethodId: id }),
)

export const PaymentMethodAdded = defineEvent(
  'PaymentMethodAdded',
  Type.Object({ customerId: id, method: Method, isDefault: boolean }),
)
export const DefaultPaymentMethodSet = defineEvent(
  'DefaultPaymentMethodSet',
  Type.Object({ customerId: id, paymentMethodId: id, previousId: Field.orNull(id) }),
)
export const PaymentMethodRemoved = defineEvent(
  'PaymentMethodRemoved',
  Type.Object({ customerId: id, paymentMethodId: id }),
)

export type PaymentMethodCommand =
  CommandOf<typeof AddPaymentMethod> | CommandOf<typeof SetDefaultPaymentMethod> | CommandOf<typeof RemovePaymentMethod>
export type PaymentMethodEvent =
  EventOf<typeof PaymentMethodAdded> | EventOf<typeof DefaultPaymentMethodSet> | EventOf<typeof PaymentMethodRemoved>
