import { customerView, organizationView } from '@billstream/accounts-read-model'
import {
  presentCustomer,
  presentInvoice,
  presentPayment,
  presentSubscription,
  type BoxBillingObjectType,
} from '@billstream/apis-boxbilling'
import { paymentView } from '@billstream/checkout-read-model'
import type { ViewDefinition, ViewRow } from '@billstream/event-sourcing-core'
import type { ViewReader } from '@billstream/event-sourcing-runtime'
import { invoiceView } from '@billstream/invoicing-read-model'
import { subscriptionView } from '@billstream/subscriptions-read-model'

type Presented = Readonly<Record<string, unknown>>
type Read = (views: ViewReader, organizationId: string, id: string) => Promise<Presented | undefined>

/** How an object of a webhook is read as GET shows it, and the projections that must have reached the event first. */
export interface WebhookObject {
  readonly projections: readonly string[]
  readonly read: Read
}

export const WEBHOOK_OBJECTS: Readonly<Record<BoxBillingObjectType, WebhookObject>> = {
  customer: {
    projections: [projectionOf(customerView), projectionOf(organizationView)],
    read: async (views, organizationId, id) => {
      const [customer, organization] = await Promise.all([
        views.get(customerView, organizationId, id),
        views.get(organizationView, organizationId, organizationId),
      ])
      return customer && organization && presentCustomer(customer, organization)
    },
  },
  subscription: shownBy(subscriptionView, presentSubscription),
  invoice: shownBy(invoiceView, presentInvoice),
  payment: shownBy(paymentView, presentPayment),
}

function shownBy<V extends ViewDefinition>(view: V, present: (row: ViewRow<V>) => Presented): WebhookObject {
  const read: Read = async (views, organizationId, id) => {
    const row = await views.get(view, organizationId, id)
    return row && present(row)
  }
  return { projections: [projectionOf(view)], read }
}

export function projectionOf(view: Pick<ViewDefinition, 'schema' | 'name'>): string {
  return `${view.schema}.${view.name}`
}
