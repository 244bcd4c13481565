import type { RecordedEvent } from '@billstream/event-sourcing-core'
import type { BoxBillingWebhook } from './webhook-rules'

/**
 * The bytes of a webhook. object: as GET shows it. The members of `data` stand at the top level too, for receivers of the
 * plain form. `timestamp` is customer time. Source: rules/boxbilling.md, section 16.
 */
export function boxBillingWebhookBody(
  webhook: BoxBillingWebhook,
  { metadata }: Pick<RecordedEvent, 'metadata'>,
  object: Readonly<Record<string, unknown>>,
): string {
  const data = { ...webhook.data, object }
  return JSON.stringify({
    type: webhook.type,
    timestamp: metadata.occurredAt,
    webhook_type: webhook.type,
    object_type: webhook.objectType,
    object_id: webhook.objectId,
    organization_id: metadata.organizationId,
    data,
    ...data,
  })
}

/** This API's own headers; those of Standard Webhooks come beside them. hmac: hex HMAC-SHA256 of the body. */
export function boxBillingWebhookHeaders(webhookId: string, hmac: string): Record<string, string> {
  return { 'X-Bxb-Signature': hmac, 'X-Bxb-Signature-Algorithm': 'hmac', 'X-Bxb-Webhook-Id': webhookId }
}
