import { EventRegistry } from '@billstream/event-sourcing-core'
import { runtimeEvents } from '@billstream/event-sourcing-runtime'
import { accountsEvents } from '@billstream/accounts-contracts'
import { checkoutEvents } from '@billstream/checkout-contracts'
import { invoicingEvents } from '@billstream/invoicing-contracts'
import { subscriptionsEvents } from '@billstream/subscriptions-contracts'
import { usageEvents } from '@billstream/usage-contracts'
import { webhooksEvents } from '@billstream/webhooks-contracts'

/** Every event that any context has declared. */
export const eventRegistry = new EventRegistry([
  ...runtimeEvents,
  ...accountsEvents,
  ...subscriptionsEvents,
  ...usageEvents,
  ...invoicingEvents,
  ...checkoutEvents,
  ...webhooksEvents,
])
