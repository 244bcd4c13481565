import { EventRegistry, type Context, type EventDescriptor } from '@billstream/event-sourcing-core'
import { runtimeEvents } from '@billstream/event-sourcing-runtime'
import { accountsEvents } from '@billstream/accounts-contracts'
import { checkoutEvents } from '@billstream/checkout-contracts'
import { invoicingEvents } from '@billstream/invoicing-contracts'
import { subscriptionsEvents } from '@billstream/subscriptions-contracts'
import { usageEvents } from '@billstream/usage-contracts'
import { webhooksEvents } from '@billstream/webhooks-contracts'

/** Who owns which event: it is published on the owner's topic. The runtime's own events are internal and no context's. */
export const eventsByContext: Readonly<Record<Context, readonly EventDescriptor[]>> = {
  accounts: accountsEvents,
  subscriptions: subscriptionsEvents,
  usage: usageEvents,
  invoicing: invoicingEvents,
  checkout: checkoutEvents,
  wallets: [],
  webhooks: webhooksEvents,
}

/** Every event that any context has declared. */
export const eventRegistry = new EventRegistry([...runtimeEvents, ...Object.values(eventsByContext).flat()])
