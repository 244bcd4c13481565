import { OrganizationClosed } from '@billstream/accounts-contracts'
import { isEvent, type RecordedEvent } from '@billstream/event-sourcing-core'
import type { EventSubscriber, PlatformPorts } from '@billstream/event-sourcing-runtime'
import { WebhookEndpoint } from '@billstream/webhooks-contracts'
import { webhookEndpointView } from '@billstream/webhooks-read-model'
import { endpointsOf, viewsReached } from '../endpoints'
import { projectionOf } from '../queue-webhook-deliveries/webhook-objects'

type EndPorts = Pick<PlatformPorts, 'views' | 'viewProgress' | 'deliveries' | 'clock'>

/** What is open for an endpoint ends when it becomes inactive or is removed, and when its organization is closed. */
export function endDeliveries(ports: EndPorts): EventSubscriber {
  return {
    name: 'end-webhook-deliveries',
    types: [WebhookEndpoint.Changed.type, WebhookEndpoint.Removed.type, OrganizationClosed.type],
    handle: async (events) => {
      for (const event of events) {
        const { organizationId } = event.metadata
        for (const endpointId of await endpointsEndedBy(event, ports)) {
          await ports.deliveries.cancelOf(organizationId, endpointId, ports.clock.now())
        }
      }
    },
  }
}

async function endpointsEndedBy(event: RecordedEvent, ports: EndPorts): Promise<string[]> {
  if (isEvent(WebhookEndpoint.Removed, event)) return [event.data.id]
  if (isEvent(WebhookEndpoint.Changed, event)) return event.data.changes.status === 'inactive' ? [event.data.id] : []
  await viewsReached(ports, [projectionOf(webhookEndpointView)], event.position)
  const endpoints = await endpointsOf(ports.views, event.metadata.organizationId)
  return endpoints.map(({ id }) => id)
}
