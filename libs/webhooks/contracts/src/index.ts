import { WebhookEndpoint, WebhookEndpointDisabled, WebhookGivenUp } from './webhook-endpoint'

export * from './queries'
export * from './webhook-endpoint'

export const webhooksEvents = [
  WebhookEndpoint.Defined,
  WebhookEndpoint.Changed,
  WebhookEndpoint.Removed,
  WebhookGivenUp,
  WebhookEndpointDisabled,
]
