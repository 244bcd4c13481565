import { EventRegistry, type Context, type EventDescriptor } from '@billstream/event-sourcing-core'
import { runtimeEvents } from '@billstream/event-sourcing-runtime'
import { accountsEvents } from '@billstream/accounts-contracts'
import { checkoutEvents } from '@billstream/checkout-contracts'
import { invoicingEvents } from '@billstream/invoicing-contracts'
import { subscriptionsEvents } from '@billstream/subscriptions-contracts'
import { usageEvents } from '@billstream/usage-contracts'
import { webhooksEvents } from '@billstream/webhooks-contracts'

/** Every event that a context has declared, by the context that records it. */
export const eventsByContext: Readonly<Record<Context, readonly EventDescriptor[]>> = {
  accounts: accountsEvents,
  checkout: checkoutEvents,
  subscriptions: subscriptionsEvents,
  usage: usageEvents,
  invoicing: invoicingEvents,
  wallets: [],
  webhooks: webhooksEvents,
}

/** Every event of the platform. */
export const eventRegistry = new EventRegistry([...runtimeEvents, ...Object.values(eventsByContext).flat()])
