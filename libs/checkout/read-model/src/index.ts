import { paymentMethodProjection } from './payment-method/payment-method.projection'
import { paymentProjection } from './payment/payment.projection'

export * from './payment-method/payment-method.projection'
export * from './payment-method/payment-method.view'
export * from './payment/payment.projection'
export * from './payment/payment.view'
export { checkoutMigrations } from './migrations/checkout.migrations'

export const checkoutProjections = [paymentProjection, paymentMethodProjection] as const
