import type { Static, TSchema } from '@sinclair/typebox'
import { CustomerChanged, CustomerCreated } from '@billstream/accounts-contracts'
import { PaymentFailed, PaymentOpened, PaymentSucceeded } from '@billstream/checkout-contracts'
import type { EventDefinition, RecordedEvent } from '@billstream/event-sourcing-core'
import { InvoiceDrafted, InvoiceFinalized, InvoicePaid } from '@billstream/invoicing-contracts'
import { SubscriptionCreated, SubscriptionStarted, SubscriptionTerminated } from '@billstream/subscriptions-contracts'
import type { BoxBillingWebhookType } from './webhook-types'

export type BoxBillingObjectType = 'customer' | 'subscription' | 'invoice' | 'payment'

/** What one event becomes on the wire. */
export interface BoxBillingWebhook {
  readonly type: BoxBillingWebhookType
  readonly objectType: BoxBillingObjectType
  readonly objectId: string
  /** The members of `data` beside `object`. */
  readonly data: Readonly<Record<string, unknown>>
}

type Rule = (event: RecordedEvent) => BoxBillingWebhook

/** Which events are told, and as what. Source: rules/boxbilling.md, section 16. */
const RULES: ReadonlyMap<string, Rule> = new Map([
  rule(CustomerCreated, 'customer.created', 'customer', ({ customerId }) => ({ customer_id: customerId })),
  rule(CustomerChanged, 'customer.updated', 'customer', ({ customerId }) => ({ customer_id: customerId })),
  rule(SubscriptionCreated, 'subscription.created', 'subscription', subscriptionData),
  rule(SubscriptionStarted, 'subscription.started', 'subscription', subscriptionData),
  rule(SubscriptionTerminated, 'subscription.terminated', 'subscription', (data) => ({
    ...subscriptionData(data),
    on_termination_action: data.onTerminationAction,
  })),
  rule(InvoiceDrafted, 'invoice.created', 'invoice', invoiceData),
  rule(InvoiceFinalized, 'invoice.finalized', 'invoice', invoiceData),
  rule(InvoicePaid, 'invoice.paid', 'invoice', invoiceData),
  rule(PaymentOpened, 'payment.created', 'payment', paymentData),
  rule(PaymentSucceeded, 'payment.succeeded', 'payment', paymentData),
  rule(PaymentFailed, 'payment.failed', 'payment', paymentData),
])

/** Types of the events that this API tells its receivers of. */
export const BOXBILLING_WEBHOOK_EVENTS: readonly string[] = [...RULES.keys()]

/** What this API tells of an event; undefined: nothing. */
export function boxBillingWebhookOf(event: RecordedEvent): BoxBillingWebhook | undefined {
  return RULES.get(event.type)?.(event)
}

function rule<Type extends string, Schema extends TSchema, Objects extends BoxBillingObjectType>(
  definition: EventDefinition<Type, Schema>,
  type: BoxBillingWebhookType,
  objectType: Objects,
  dataOf: (data: Static<Schema>) => { readonly [Id in `${Objects}_id`]: string } & Record<string, unknown>,
): readonly [string, Rule] {
  const tell: Rule = (event) => {
    const data = dataOf(event.data)
    return { type, objectType, objectId: data[`${objectType}_id`], data }
  }
  return [definition.type, tell]
}

function subscriptionData({ subscriptionId }: { readonly subscriptionId: string }) {
  return { subscription_id: subscriptionId }
}

function invoiceData({ invoiceId }: { readonly invoiceId: string }) {
  return { invoice_id: invoiceId }
}

function paymentData({ paymentId }: { readonly paymentId: string }) {
  return { payment_id: paymentId }
}
