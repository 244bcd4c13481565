export { checkoutService, type CheckoutPorts } from './checkout.service'
