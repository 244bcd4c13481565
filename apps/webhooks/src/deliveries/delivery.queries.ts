import {
  answer,
  type Delivery,
  type DeliveryAttempt,
  type FactReader,
  type PlatformPorts,
  type QueryRegistration,
  type WakeUp,
} from '@billstream/event-sourcing-runtime'
import {
  GetWebhookDelivery,
  ListWebhookDeliveries,
  ListWebhookDeliveryAttempts,
  RetryWebhookDelivery,
  WebhookDeliveryStats,
  type RetryWebhookRefusal,
  type WebhookDeliveryAttemptView,
  type WebhookDeliveryView,
} from '@billstream/webhooks-contracts'
import { webhookEndpointProjection } from '@billstream/webhooks-read-model'
import { endpointsOf } from '../endpoints'

type QueryPorts = Pick<PlatformPorts, 'deliveries' | 'views' | 'clock'>

/** What the gateway asks of deliveries; each answers of the asking organization alone. */
export function deliveryQueries(ports: QueryPorts, wakeUp: WakeUp): QueryRegistration[] {
  const { deliveries } = ports
  return [
    answer(ListWebhookDeliveries, async (filter, { organizationId }) => {
      const found = await deliveries.list(organizationId, filter)
      return { deliveries: found.deliveries.map(shownDelivery), total: found.total }
    }),
    answer(GetWebhookDelivery, async ({ id }, { organizationId }) => {
      const delivery = await deliveries.get(organizationId, id)
      return { delivery: delivery ? shownDelivery(delivery) : null }
    }),
    answer(ListWebhookDeliveryAttempts, async ({ deliveryId }, { organizationId }) => {
      if (!(await deliveries.get(organizationId, deliveryId))) return { attempts: null }
      const attempts = await deliveries.attempts(organizationId, deliveryId)
      return { attempts: attempts.map(shownAttempt) }
    }),
    answer(WebhookDeliveryStats, (_data, { organizationId }) => statsOf(organizationId, ports)),
    answer(RetryWebhookDelivery, ({ id }, { organizationId, facts }) =>
      retry({ organizationId, id, facts }, ports, wakeUp),
    ),
  ]
}

async function statsOf(organizationId: string, { deliveries, views }: QueryPorts) {
  const counted = new Map((await deliveries.stats(organizationId)).map((row) => [row.endpointId, row]))
  const endpoints = await endpointsOf(views, organizationId)
  const none = { total: 0, succeeded: 0, failed: 0, pending: 0 }
  return { endpoints: endpoints.map(({ id }) => counted.get(id) ?? { endpointId: id, ...none }) }
}

async function retry(
  asked: { readonly organizationId: string; readonly id: string; readonly facts: FactReader },
  { deliveries, clock }: QueryPorts,
  wakeUp: WakeUp,
): Promise<{ ok: true; delivery: WebhookDeliveryView } | { ok: false; error: RetryWebhookRefusal }> {
  const { organizationId, id, facts } = asked
  const delivery = await deliveries.get(organizationId, id)
  if (!delivery) return refused('webhook_delivery_not_found', 'There is no such webhook.')
  const endpoint = await facts.get(webhookEndpointProjection, delivery.endpointId)
  if (endpoint?.status !== 'active') {
    return refused('webhook_endpoint_not_active', 'The endpoint of this webhook is not active.')
  }
  const due = await deliveries.retry(organizationId, id, clock.now())
  if (!due) return refused('webhook_delivery_not_failed', 'Only a failed webhook can be sent again.')
  wakeUp.ring()
  return { ok: true, delivery: shownDelivery(due) }
}

function refused(code: RetryWebhookRefusal['code'], message: string) {
  return { ok: false, error: { code, message } } as const
}

function shownDelivery(delivery: Delivery): WebhookDeliveryView {
  const { id, endpointId, webhookType, objectType, objectId, body, status, retries } = delivery
  const { httpStatus, response, createdAt, updatedAt } = delivery
  const lastRetriedAt = retries > 0 ? delivery.lastAttemptAt : null
  const shown = { id, endpointId, webhookType, objectType, objectId, body, status, retries, lastRetriedAt }
  return { ...shown, httpStatus, response, createdAt, updatedAt }
}

function shownAttempt({ organizationId: _organizationId, ...attempt }: DeliveryAttempt): WebhookDeliveryAttemptView {
  return attempt
}
