import { CustomerErased } from '@billstream/accounts-contracts'
import { organizationView } from '@billstream/accounts-read-model'
import {
  BOXBILLING_WEBHOOK_EVENTS,
  boxBillingWebhookBody,
  boxBillingWebhookOf,
  erasedCustomerBody,
  type BoxBillingWebhook,
} from '@billstream/apis-boxbilling'
import { isEvent, type RecordedEvent, type RecordedOf } from '@billstream/event-sourcing-core'
import type { Delivery, EventSubscriber, PlatformPorts, WakeUp } from '@billstream/event-sourcing-runtime'
import { compareInstants, derivedId } from '@billstream/kernel'
import { webhookEndpointView, type WebhookEndpointRow } from '@billstream/webhooks-read-model'
import { endpointsOf, viewsReached } from '../endpoints'
import { projectionOf, WEBHOOK_OBJECTS } from './webhook-objects'

type QueuePorts = Pick<PlatformPorts, 'views' | 'viewProgress' | 'deliveries' | 'log'>

interface Told {
  readonly event: RecordedEvent
  readonly webhook: BoxBillingWebhook
}

/**
 * Makes a delivery row for each event and active endpoint that wants its type. The body is made here, once, from the view
 * after it has reached the event: it may be newer, never older. Source: architecture.md, section 4.
 */
export function queueWebhookDeliveries(ports: QueuePorts, wakeUp: WakeUp): EventSubscriber {
  return {
    name: 'queue-webhook-deliveries',
    types: [...BOXBILLING_WEBHOOK_EVENTS, CustomerErased.type],
    handle: async (events) => {
      const deliveries = await deliveriesFor(events.flatMap(toldOf), ports)
      if (deliveries.length > 0) await ports.deliveries.add(deliveries)
      // Here and not elsewhere: what was told of the person before comes from this subscriber, in order.
      for (const event of events) if (isEvent(CustomerErased, event)) await eraseCustomer(event, ports)
      if (deliveries.length > 0) wakeUp.ring()
    },
  }
}

async function eraseCustomer(
  { data, metadata }: RecordedOf<typeof CustomerErased>,
  { deliveries }: QueuePorts,
): Promise<void> {
  const object = { objectType: 'customer', objectId: data.customerId }
  await deliveries.rewriteBodies(metadata.organizationId, object, erasedCustomerBody)
}

function toldOf(event: RecordedEvent): Told[] {
  const webhook = boxBillingWebhookOf(event)
  return webhook ? [{ event, webhook }] : []
}

async function deliveriesFor(told: readonly Told[], ports: QueuePorts): Promise<Delivery[]> {
  const last = told.at(-1)
  if (!last) return []
  const settings = [projectionOf(webhookEndpointView), projectionOf(organizationView)]
  await viewsReached(ports, settings, last.event.position)
  const endpoints = new Map<string, WebhookEndpointRow[]>()
  for (const organizationId of new Set(told.map(({ event }) => event.metadata.organizationId))) {
    endpoints.set(organizationId, await receiversOf(organizationId, ports))
  }
  const wanted = told
    .map((each) => ({ ...each, receivers: receiversFor(each, endpoints) }))
    .filter(({ receivers }) => receivers.length > 0)
  await objectsReached(wanted, ports)
  const deliveries = await Promise.all(wanted.map((each) => deliveriesOf(each, ports)))
  return deliveries.flat()
}

/** A closed organization is told nothing any more. */
async function receiversOf(organizationId: string, { views }: QueuePorts): Promise<WebhookEndpointRow[]> {
  const endpoints = await endpointsOf(views, organizationId, { status: 'active' })
  if (endpoints.length === 0) return []
  const organization = await views.get(organizationView, organizationId, organizationId)
  return organization?.status === 'open' ? endpoints : []
}

/** An endpoint is not told what happened before it was there, however late this is worked out. */
function receiversFor({ event, webhook }: Told, endpoints: ReadonlyMap<string, WebhookEndpointRow[]>) {
  return (endpoints.get(event.metadata.organizationId) ?? []).filter(
    ({ event_types, created_at }) =>
      (event_types.length === 0 || event_types.includes(webhook.type)) &&
      compareInstants(created_at, event.recordedAt) <= 0,
  )
}

async function objectsReached(wanted: readonly Told[], ports: QueuePorts): Promise<void> {
  const last = wanted.at(-1)
  if (!last) return
  const projections = wanted.flatMap(({ webhook }) => WEBHOOK_OBJECTS[webhook.objectType].projections)
  await viewsReached(ports, [...new Set(projections)], last.event.position)
}

async function deliveriesOf(
  { event, webhook, receivers }: Told & { readonly receivers: readonly WebhookEndpointRow[] },
  { views, log }: QueuePorts,
): Promise<Delivery[]> {
  const { organizationId } = event.metadata
  const object = await WEBHOOK_OBJECTS[webhook.objectType].read(views, organizationId, webhook.objectId)
  if (!object) {
    log.warn({ event: event.id, type: webhook.type }, 'The object of a webhook is gone.')
    return []
  }
  const body = boxBillingWebhookBody(webhook, event, object)
  return receivers.map((endpoint) => deliveryOf(event, webhook, endpoint, body))
}

function deliveryOf(
  event: RecordedEvent,
  webhook: BoxBillingWebhook,
  endpoint: WebhookEndpointRow,
  body: string,
): Delivery {
  return {
    id: derivedId('delivery', event.id, webhook.type, endpoint.id),
    organizationId: event.metadata.organizationId,
    endpointId: endpoint.id,
    eventId: event.id,
    correlationId: event.metadata.correlationId,
    format: endpoint.format,
    webhookType: webhook.type,
    objectType: webhook.objectType,
    objectId: webhook.objectId,
    body,
    status: 'pending',
    retries: 0,
    attempts: 0,
    nextAttemptAt: event.recordedAt,
    lastAttemptAt: null,
    httpStatus: null,
    response: null,
    createdAt: event.recordedAt,
    updatedAt: event.recordedAt,
  }
}
