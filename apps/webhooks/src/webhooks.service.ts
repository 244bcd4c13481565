import { aggregate, WakeUp, type PlatformPorts, type ServiceDefinition } from '@billstream/event-sourcing-runtime'
import type { MessageBus } from '@billstream/messaging'
import { webhookEndpointDecider, webhookNoticeDecider, type WebhookTargets } from '@billstream/webhooks-domain'
import { deactivateEndpointWhenDisabled } from './deactivate-endpoint-when-disabled/deactivate-endpoint-when-disabled.process'
import { DeliverWebhooks } from './deliver-webhooks/deliver-webhooks.worker'
import { HttpWebhookSender, type WebhookSender } from './deliver-webhooks/webhook-sender'
import { deliveryQueries } from './deliveries/delivery.queries'
import { endDeliveries } from './end-deliveries/end-deliveries.subscriber'
import { queueWebhookDeliveries } from './queue-webhook-deliveries/queue-webhook-deliveries.subscriber'
import { gatherForWebhookEndpoint } from './webhook-endpoint/webhook-endpoint.facts'

export type WebhooksPorts = PlatformPorts & {
  readonly bus: MessageBus
  readonly webhookTargets: WebhookTargets
  /** HTTP by default. */
  readonly webhookSender?: WebhookSender
}

/** Receivers of webhooks, and the deliveries to them. */
export function webhooksService(ports: WebhooksPorts): ServiceDefinition {
  const wakeUp = new WakeUp(ports.sleeper)
  const sender = ports.webhookSender ?? new HttpWebhookSender(ports.webhookTargets)
  const gather = gatherForWebhookEndpoint(ports.webhookTargets)
  return {
    context: 'webhooks',
    aggregates: [
      aggregate(webhookEndpointDecider, { DefineWebhookEndpoint: gather, ChangeWebhookEndpoint: gather }),
      aggregate(webhookNoticeDecider),
    ],
    processes: [deactivateEndpointWhenDisabled],
    timers: [],
    queries: deliveryQueries(ports, wakeUp),
    subscribers: [queueWebhookDeliveries(ports, wakeUp), endDeliveries(ports)],
    workers: [new DeliverWebhooks({ ...ports, sender }).worker(wakeUp)],
  }
}
