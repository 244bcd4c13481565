import { Type } from '@sinclair/typebox'
import { defineCommand, defineEvent, Field, type CommandOf, type EventOf } from '@billstream/event-sourcing-core'

const { id, text, orNull, boolean, object } = Field
/** All methods of a customer are one stream, so there is exactly one default. */
const target = {
  context: 'checkout',
  category: 'payment-methods',
  aggregateId: (d: { customerId: string }) => d.customerId,
} as const

const Method = Type.Object({ paymentMethodId: id, provider: text, providerPaymentMethodId: text, type: text })

/** Free, such as the holder of a card: encrypted under the customer's key, unreadable after erasure. */
const PaymentMethodPersonal = Type.Object({ details: object })

/**
 * `isDefault` as sent, also for the first one: a customer has at most one default. Refusals: `payment_method_exists`,
 * `unknown_provider`, `provider_not_configured`, `test_organization_only`, `unknown_payment_method_token`,
 * `card_number_not_allowed` (field details), `customer_not_found`. Source: rules/boxbilling.md, section 12.
 */
export const AddPaymentMethod = defineCommand(
  'AddPaymentMethod',
  target,
  Type.Object({ customerId: id, method: Type.Composite([Method, PaymentMethodPersonal]), isDefault: boolean }),
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
/** The person was erased: no method says anything of the person any more, those added later neither. */
export const ErasePaymentDetails = defineCommand('ErasePaymentDetails', target, Type.Object({ customerId: id }))

/** Version 1 kept the details in clear, in the method. */
export const PaymentMethodAdded = defineEvent(
  'PaymentMethodAdded',
  Type.Object({ customerId: id, method: Method, isDefault: boolean, personal: orNull(PaymentMethodPersonal) }),
  { version: 2, upcasters: { 1: withPersonalDetails }, personalSubject: ({ customerId }) => customerId },
)
export const DefaultPaymentMethodSet = defineEvent(
  'DefaultPaymentMethodSet',
  Type.Object({ customerId: id, paymentMethodId: id, previousId: orNull(id) }),
)
export const PaymentMethodRemoved = defineEvent(
  'PaymentMethodRemoved',
  Type.Object({ customerId: id, paymentMethodId: id }),
)
/** Names the methods whose details are empty from here on. */
export const PaymentDetailsErased = defineEvent(
  'PaymentDetailsErased',
  Type.Object({ customerId: id, paymentMethodIds: Type.Array(id) }),
)

function withPersonalDetails(data: Record<string, unknown>): Record<string, unknown> {
  const { details, ...method } = data.method as Record<string, unknown>
  return { ...data, method, personal: { details } }
}

export type PaymentMethodCommand =
  | CommandOf<typeof AddPaymentMethod>
  | CommandOf<typeof SetDefaultPaymentMethod>
  | CommandOf<typeof RemovePaymentMethod>
  | CommandOf<typeof ErasePaymentDetails>
export type PaymentMethodEvent =
  | EventOf<typeof PaymentMethodAdded>
  | EventOf<typeof DefaultPaymentMethodSet>
  | EventOf<typeof PaymentMethodRemoved>
  | EventOf<typeof PaymentDetailsErased>
