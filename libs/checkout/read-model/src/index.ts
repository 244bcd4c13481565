import { paymentMethodProjection } from './payment-method/payment-method.projection'
import { paymentMethodView } from './payment-method/payment-method.view'
import { paymentProjection } from './payment/payment.projection'
import { paymentView } from './payment/payment.view'

export * from './payment-method/payment-method.projection'
export * from './payment-method/payment-method.view'
export * from './payment/payment.projection'
export * from './payment/payment.view'

export const checkoutViews = [paymentView, paymentMethodView]
export const checkoutProjections = [paymentProjection, paymentMethodProjection]
