import { assertNever, ok, refuse, type Result } from '@billstream/kernel'
import type { CommandOf, Decider } from '@billstream/event-sourcing-core'
import {
  AddPaymentMethod,
  DefaultPaymentMethodSet,
  ErasePaymentDetails,
  PaymentDetailsErased,
  PaymentMethodAdded,
  PaymentMethodRemoved,
  RemovePaymentMethod,
  SetDefaultPaymentMethod,
  type PaymentMethodCommand,
  type PaymentMethodEvent,
} from '@billstream/checkout-contracts'
import type { CheckoutRefusal } from '../refusals'
import { holdsCardNumber } from './card-number'

/** Who may be named as the provider of a method. Source: rules/boxbilling.md, section 12. */
export const PAYMENT_PROVIDERS = ['stripe', 'manual', 'ucp', 'gocardless', 'adyen', 'sandbox'] as const

/** The methods of one customer. At most one is the default. */
export interface PaymentMethods {
  readonly ids: readonly string[]
  readonly defaultId: string | null
  /** The person was erased: nothing is taken in of the person any more. */
  readonly erased: boolean
}

type Outcome = Result<readonly PaymentMethodEvent[], CheckoutRefusal>

function decide(command: PaymentMethodCommand, state: PaymentMethods): Outcome {
  switch (command.type) {
    case 'AddPaymentMethod':
      return add(command.data, state)
    case 'SetDefaultPaymentMethod':
      return setDefault(command.data, state)
    case 'RemovePaymentMethod':
      return remove(command.data, state)
    case 'ErasePaymentDetails':
      return eraseDetails(command.data, state)
    default:
      return assertNever(command)
  }
}

function add(data: CommandOf<typeof AddPaymentMethod>['data'], state: PaymentMethods): Outcome {
  const { customerId, method, isDefault } = data
  if (state.ids.includes(method.paymentMethodId)) {
    return refuse('payment_method_exists', 'This payment method exists already.')
  }
  const refused = refuseMethod(method)
  if (refused) return refused
  const { details, ...kept } = method
  const personal = state.erased ? null : { details }
  const added = PaymentMethodAdded({ customerId, method: kept, isDefault, personal })
  if (!isDefault || state.defaultId === null) return ok([added])
  return ok([added, defaultSet(customerId, method.paymentMethodId, state.defaultId)])
}

function refuseMethod(method: CommandOf<typeof AddPaymentMethod>['data']['method']) {
  if (!PAYMENT_PROVIDERS.some((name) => name === method.provider)) {
    return refuse('unknown_provider', `provider is one of ${PAYMENT_PROVIDERS.join(', ')}.`, 'provider')
  }
  if (holdsCardNumber(method.providerPaymentMethodId)) {
    return refuse('card_number_not_allowed', 'Send the token of the card.', 'provider_payment_method_id')
  }
  if (holdsCardNumber(method.details)) {
    return refuse('card_number_not_allowed', 'A full card number may not be sent.', 'details')
  }
  return undefined
}

function setDefault(
  { customerId, paymentMethodId }: CommandOf<typeof SetDefaultPaymentMethod>['data'],
  state: PaymentMethods,
): Outcome {
  if (!state.ids.includes(paymentMethodId)) return notFound()
  if (state.defaultId === paymentMethodId) return ok([])
  return ok([defaultSet(customerId, paymentMethodId, state.defaultId)])
}

function remove(
  { customerId, paymentMethodId }: CommandOf<typeof RemovePaymentMethod>['data'],
  state: PaymentMethods,
): Outcome {
  if (!state.ids.includes(paymentMethodId)) return notFound()
  if (state.defaultId === paymentMethodId) {
    return refuse('payment_method_is_default', 'The default payment method cannot be deleted.')
  }
  return ok([PaymentMethodRemoved({ customerId, paymentMethodId })])
}

/** Recorded without methods too: one that is added at this moment must find it. */
function eraseDetails({ customerId }: CommandOf<typeof ErasePaymentDetails>['data'], state: PaymentMethods): Outcome {
  return ok(state.erased ? [] : [PaymentDetailsErased({ customerId, paymentMethodIds: [...state.ids] })])
}

function defaultSet(customerId: string, paymentMethodId: string, previousId: string | null) {
  return DefaultPaymentMethodSet({ customerId, paymentMethodId, previousId })
}

function notFound() {
  return refuse('payment_method_not_found', 'There is no such payment method.')
}

function evolve(state: PaymentMethods, event: PaymentMethodEvent): PaymentMethods {
  switch (event.type) {
    case 'PaymentMethodAdded': {
      const { paymentMethodId } = event.data.method
      const defaultId = event.data.isDefault ? paymentMethodId : state.defaultId
      return { ...state, ids: [...state.ids, paymentMethodId], defaultId }
    }
    case 'DefaultPaymentMethodSet':
      return { ...state, defaultId: event.data.paymentMethodId }
    case 'PaymentMethodRemoved':
      return { ...state, ids: state.ids.filter((id) => id !== event.data.paymentMethodId) }
    case 'PaymentDetailsErased':
      return { ...state, erased: true }
    default:
      return assertNever(event)
  }
}

/** One stream per customer, so that there is never more than one default. Source: rules/boxbilling.md, section 12. */
export const paymentMethodsDecider: Decider<PaymentMethods, PaymentMethodCommand, PaymentMethodEvent> = {
  category: 'payment-methods',
  commands: [AddPaymentMethod, SetDefaultPaymentMethod, RemovePaymentMethod, ErasePaymentDetails],
  events: [PaymentMethodAdded, DefaultPaymentMethodSet, PaymentMethodRemoved, PaymentDetailsErased],
  initial: { ids: [], defaultId: null, erased: false },
  foldVersion: 2,
  decide,
  evolve,
}
