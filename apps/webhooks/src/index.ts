export { webhooksService, type WebhooksPorts } from './webhooks.service'
export type { WebhookSender } from './deliver-webhooks/webhook-sender'
