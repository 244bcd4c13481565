import {
  WEBHOOK_RETRIES_MAX,
  type WebhookDeliveryAttemptView,
  type WebhookDeliveryView,
} from '@billstream/webhooks-contracts'
import type { WebhookEndpointRow } from '@billstream/webhooks-read-model'

/** A webhook endpoint as GET shows it. Source: rules/boxbilling.md, section 16. */
export function presentWebhookEndpoint(endpoint: WebhookEndpointRow) {
  return {
    id: endpoint.id,
    url: endpoint.url,
    signature_algo: endpoint.signature_algo,
    status: endpoint.status,
    event_types: endpoint.event_types,
    created_at: endpoint.created_at,
    updated_at: endpoint.updated_at,
  }
}

/** A delivery without its payload, which goes out as it was sent. */
export function presentWebhookDelivery(delivery: WebhookDeliveryView) {
  return {
    id: delivery.id,
    webhook_endpoint_id: delivery.endpointId,
    webhook_type: delivery.webhookType,
    object_type: delivery.objectType,
    object_id: delivery.objectId,
    status: delivery.status,
    retries: delivery.retries,
    max_retries: WEBHOOK_RETRIES_MAX,
    last_retried_at: delivery.lastRetriedAt,
    http_status: delivery.httpStatus,
    response: delivery.response,
    created_at: delivery.createdAt,
    updated_at: delivery.updatedAt,
  }
}

export function presentWebhookAttempt(attempt: WebhookDeliveryAttemptView) {
  return {
    id: attempt.id,
    webhook_id: attempt.deliveryId,
    attempt_number: attempt.attemptNumber,
    http_status: attempt.httpStatus,
    response_body: attempt.responseBody,
    success: attempt.success,
    error_message: attempt.errorMessage,
    attempted_at: attempt.attemptedAt,
  }
}

interface DeliveryCounts {
  readonly endpointId: string
  readonly total: number
  readonly succeeded: number
  readonly failed: number
}

/** success_rate: percent of the finished deliveries, one decimal, 0 without any. */
export function presentDeliveryStats({ endpointId, total, succeeded, failed }: DeliveryCounts) {
  const finished = succeeded + failed
  return {
    endpoint_id: endpointId,
    total,
    succeeded,
    failed,
    success_rate: finished === 0 ? 0 : Math.round((succeeded * 1_000) / finished) / 10,
  }
}
