import { webhookEndpointProjection } from './webhook-endpoint/webhook-endpoint.projection'

export * from './webhook-endpoint/webhook-endpoint.projection'
export * from './webhook-endpoint/webhook-endpoint.view'
export { webhooksMigrations } from './migrations/webhooks.migrations'

export const webhooksProjections = [webhookEndpointProjection] as const
