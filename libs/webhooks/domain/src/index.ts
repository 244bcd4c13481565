export { ATTEMPTS_MAX, failsTooLong, nextAttemptAt, RETRY_AFTER_MAX_S } from './delivery-schedule/delivery-schedule'
export { webhookEndpointDecider, type WebhookEndpointFacts } from './webhook-endpoint/webhook-endpoint.decider'
export { webhookNoticeDecider } from './webhook-notice/webhook-notice.decider'
export { checkWebhookUrl, isAllowedAddress, type WebhookTargets } from './webhook-target/webhook-target'
