export {
  PAYMENT_PROVIDERS,
  paymentMethodsDecider,
  type PaymentMethods,
} from './payment-methods/payment-methods.decider'
export { paymentDecider, type OpenPaymentFacts, type RetryPaymentFacts } from './payment/payment.decider'
export type { Payment } from './payment/payment.state'
export type { CheckoutRefusal } from './refusals'
