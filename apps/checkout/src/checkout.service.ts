import { paymentDecider, paymentMethodsDecider } from '@billstream/checkout-domain'
import { aggregate, WakeUp, type PlatformPorts, type ServiceDefinition } from '@billstream/event-sourcing-runtime'
import type { MessageBus } from '@billstream/messaging'
import type { PaymentProvider } from '@billstream/payment-providers-port'
import { abandonAttemptWhenInvoicePaidOtherwise } from './abandon-attempt-when-invoice-paid-otherwise/abandon-attempt-when-invoice-paid-otherwise.process'
import { ProviderCalls } from './call-provider/provider-calls.worker'
import { queueProviderCalls } from './call-provider/queue-provider-calls.subscriber'
import { erasePaymentDetails } from './erase-payment-details/erase-payment-details.subscriber'
import { openPaymentWhenInvoiceFinalized } from './open-payment-when-invoice-finalized/open-payment-when-invoice-finalized.process'
import { gatherForAddPaymentMethod } from './payment-method/add-payment-method.facts'
import { gatherForOpenPayment, gatherForRetryPayment } from './payment/payment.facts'
import { ProviderNotifications } from './provider-notifications/provider-notifications.worker'
import { requestPaymentWhenAttemptStarted } from './request-payment-when-attempt-started/request-payment-when-attempt-started.process'

export type CheckoutPorts = PlatformPorts & {
  readonly bus: MessageBus
  /** Those that are configured, the sandbox among them; the sandbox answers for every one in test organizations. */
  readonly paymentProviders: readonly PaymentProvider[]
}

/** Payment methods, payments and the calls to providers. */
export function checkoutService(ports: CheckoutPorts): ServiceDefinition {
  const [callsWaiting, notificationsWaiting] = [new WakeUp(ports.sleeper), new WakeUp(ports.sleeper)]
  const calls = new ProviderCalls(ports)
  const notifications = new ProviderNotifications(ports)
  return {
    context: 'checkout',
    aggregates: [
      aggregate(paymentMethodsDecider, { AddPaymentMethod: gatherForAddPaymentMethod(ports.paymentProviders) }),
      aggregate(paymentDecider, { OpenPayment: gatherForOpenPayment, RetryPayment: gatherForRetryPayment }),
    ],
    processes: [
      openPaymentWhenInvoiceFinalized,
      requestPaymentWhenAttemptStarted,
      abandonAttemptWhenInvoicePaidOtherwise,
    ],
    timers: [],
    queries: [],
    subscribers: [queueProviderCalls(ports, callsWaiting), erasePaymentDetails(ports)],
    workers: [
      calls.worker(callsWaiting),
      ...notifications.receivers(notificationsWaiting),
      notifications.applier(notificationsWaiting),
    ],
  }
}
