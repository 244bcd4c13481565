import { specificationOf, testMetadata } from '@billstream/event-sourcing-core/testing'
import {
  AddPaymentMethod,
  DefaultPaymentMethodSet,
  ErasePaymentDetails,
  PaymentDetailsErased,
  PaymentMethodAdded,
  PaymentMethodRemoved,
  RemovePaymentMethod,
  SetDefaultPaymentMethod,
} from '@billstream/checkout-contracts'
import { paymentMethodsDecider } from './payment-methods.decider'

const customerId = '00000000-0000-4000-8000-0000000000c1'
const visa = methodOf('00000000-0000-4000-8000-000000000001')
const mastercard = methodOf('00000000-0000-4000-8000-000000000002')
const { given } = specificationOf(paymentMethodsDecider)

function methodOf(paymentMethodId: string, changes: { provider?: string; token?: string; details?: object } = {}) {
  const { provider = 'sandbox', token = 'pm_card_visa', details = { last4: '4242' } } = changes
  return { paymentMethodId, provider, providerPaymentMethodId: token, type: 'card', details: { ...details } }
}
const add = (method: ReturnType<typeof methodOf>, isDefault: boolean) =>
  AddPaymentMethod({ customerId, method, isDefault }, testMetadata())
const added = ({ details, ...method }: ReturnType<typeof methodOf>, isDefault: boolean) =>
  PaymentMethodAdded({ customerId, method, isDefault, personal: { details } })
const erase = () => ErasePaymentDetails({ customerId }, testMetadata())
const erased = (...methods: readonly ReturnType<typeof methodOf>[]) =>
  PaymentDetailsErased({ customerId, paymentMethodIds: methods.map(({ paymentMethodId }) => paymentMethodId) })
const setDefault = (paymentMethodId: string) => SetDefaultPaymentMethod({ customerId, paymentMethodId }, testMetadata())
const remove = (paymentMethodId: string) => RemovePaymentMethod({ customerId, paymentMethodId }, testMetadata())

describe('a customer without payment methods', () => {
  it('gets the first one as it was sent', () => {
    given().when(add(visa, false)).then(added(visa, false))
    given().when(add(visa, true)).then(added(visa, true))
  })

  it('is refused a provider that the API does not know', () => {
    given()
      .when(add(methodOf(visa.paymentMethodId, { provider: 'paypal' }), true))
      .refuses('unknown_provider', 'provider')
  })

  it('is refused a full card number, in the details and as the token', () => {
    const inDetails = methodOf(visa.paymentMethodId, { details: { card: { number: '4242 4242 4242 4242' } } })
    given().when(add(inDetails, true)).refuses('card_number_not_allowed', 'details')
    const asToken = methodOf(visa.paymentMethodId, { provider: 'manual', token: '4242424242424242' })
    given().when(add(asToken, true)).refuses('card_number_not_allowed', 'provider_payment_method_id')
  })

  it('has none to choose or to delete', () => {
    given().when(setDefault(visa.paymentMethodId)).refuses('payment_method_not_found')
    given().when(remove(visa.paymentMethodId)).refuses('payment_method_not_found')
  })
})

describe('a customer with a default', () => {
  const history = [added(visa, true)] as const

  it('keeps it when another one is added', () =>
    given(...history)
      .when(add(mastercard, false))
      .then(added(mastercard, false)))

  it('moves it when the new one is to be the default', () =>
    given(...history)
      .when(add(mastercard, true))
      .then(
        added(mastercard, true),
        DefaultPaymentMethodSet({
          customerId,
          paymentMethodId: mastercard.paymentMethodId,
          previousId: visa.paymentMethodId,
        }),
      ))

  it('refuses to add the same one twice', () =>
    given(...history)
      .when(add(visa, true))
      .refuses('payment_method_exists'))

  it('refuses to delete it', () =>
    given(...history)
      .when(remove(visa.paymentMethodId))
      .refuses('payment_method_is_default'))

  it('needs no change to keep it', () =>
    given(...history)
      .when(setDefault(visa.paymentMethodId))
      .nothing())
})

describe('a customer with two methods', () => {
  const history = [added(visa, true), added(mastercard, false)] as const
  const moved = DefaultPaymentMethodSet({
    customerId,
    paymentMethodId: mastercard.paymentMethodId,
    previousId: visa.paymentMethodId,
  })

  it('moves the default, and may then delete the former one', () => {
    given(...history)
      .when(setDefault(mastercard.paymentMethodId))
      .then(moved)
    given(...history, moved)
      .when(remove(visa.paymentMethodId))
      .then(PaymentMethodRemoved({ customerId, paymentMethodId: visa.paymentMethodId }))
  })

  it('cannot choose one that was deleted', () => {
    const removed = PaymentMethodRemoved({ customerId, paymentMethodId: visa.paymentMethodId })
    given(...history, moved, removed)
      .when(setDefault(visa.paymentMethodId))
      .refuses('payment_method_not_found')
  })
})

describe('a customer who is erased', () => {
  it('has the details of every method erased, and of none that was deleted', () => {
    given(added(visa, true), added(mastercard, false)).when(erase()).then(erased(visa, mastercard))
    const removed = PaymentMethodRemoved({ customerId, paymentMethodId: mastercard.paymentMethodId })
    given(added(visa, true), added(mastercard, false), removed).when(erase()).then(erased(visa))
  })

  it('has it noted without a method too, and once', () => {
    given().when(erase()).then(erased())
    given(erased()).when(erase()).nothing()
  })

  it('may add a method, of which no detail is taken in', () => {
    const { details: _refused, ...method } = mastercard
    given(added(visa, true), erased(visa))
      .when(add(mastercard, false))
      .then(PaymentMethodAdded({ customerId, method, isDefault: false, personal: null }))
  })
})
