import * as payment from './payment'
import * as method from './payment-method'

export * from './payment'
export * from './payment-method'

export const checkoutEvents = [
  method.PaymentMethodAdded,
  method.DefaultPaymentMethodSet,
  method.PaymentMethodRemoved,
  method.PaymentDetailsErased,
  payment.PaymentOpened,
  payment.PaymentRetried,
  payment.PaymentRequested,
  payment.PaymentProcessing,
  payment.PaymentSucceeded,
  payment.PaymentFailed,
  payment.PaymentAttemptAbandoned,
]
