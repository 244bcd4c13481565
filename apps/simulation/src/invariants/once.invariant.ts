import { PaymentOpened, PaymentRequested, PaymentRetried } from '@billstream/checkout-contracts'
import { InvoiceFinalizationStarted, InvoicePaymentStarted } from '@billstream/invoicing-contracts'
import {
  PlanCreated,
  PlanVersioned,
  SubscriptionCreated,
  SubscriptionStarted,
  SubscriptionTerminated,
} from '@billstream/subscriptions-contracts'
import { eventsOf, repeatedKeys, type Invariant } from './observed-world'

/** What can happen once to an object happens once: a decision on an outdated state would let it happen again. */
export const onceIsOnce: Invariant = {
  name: 'what happens once happens once',
  check(world) {
    const happened = [
      ...[...eventsOf(world, PlanCreated), ...eventsOf(world, PlanVersioned)].map(
        ({ data }) => `version ${data.version} of ${data.planId}`,
      ),
      ...[
        ...eventsOf(world, SubscriptionCreated),
        ...eventsOf(world, SubscriptionStarted),
        ...eventsOf(world, SubscriptionTerminated),
      ].map(({ type, data }) => `${type} of ${data.subscriptionId}`),
      ...eventsOf(world, InvoiceFinalizationStarted).map(({ type, data }) => `${type} of ${data.invoiceId}`),
      ...eventsOf(world, PaymentOpened).map(({ type, data }) => `${type} of ${data.invoiceId}`),
      ...[
        ...eventsOf(world, InvoicePaymentStarted),
        ...eventsOf(world, PaymentRetried),
        ...eventsOf(world, PaymentRequested),
      ].map(({ type, data }) => `${type}, attempt ${data.attempt} of ${data.paymentId}`),
    ]
    return repeatedKeys(happened, (key) => key).map((key) => `${key} came again`)
  },
}
