import { WebhookEndpoint } from './webhook-endpoint'
import { WebhookEndpointDisabled, WebhookGivenUp } from './webhook-notice'

export * from './queries'
export * from './webhook-endpoint'
export * from './webhook-notice'

export const webhooksEvents = [
  WebhookEndpoint.Defined,
  WebhookEndpoint.Changed,
  WebhookEndpoint.Removed,
  WebhookGivenUp,
  WebhookEndpointDisabled,
]
