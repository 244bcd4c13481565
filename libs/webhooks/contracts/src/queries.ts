import { defineQuery } from '@billstream/event-sourcing-core'

/** Attempts after the first: the schedule of domain.md section 13 has ten attempts in all. */
export const WEBHOOK_RETRIES_MAX = 9

export type WebhookDeliveryStatus = 'pending' | 'succeeded' | 'failed'

/** One webhook to one endpoint. Instants are real time. */
export interface WebhookDeliveryView {
  id: string
  endpointId: string
  webhookType: string
  objectType: string
  objectId: string
  /** JSON text, the bytes that every attempt sends. */
  body: string
  status: WebhookDeliveryStatus
  /** Attempts made after the first. */
  retries: number
  /** null until there was an attempt after the first. */
  lastRetriedAt: string | null
  /** Of the last attempt; null when there was none or it had no answer. */
  httpStatus: number | null
  /** The first 1,000 characters of the last answer. */
  response: string | null
  createdAt: string
  updatedAt: string
}

export interface WebhookDeliveryAttemptView {
  id: string
  deliveryId: string
  /** 1 for the first. */
  attemptNumber: number
  httpStatus: number | null
  /** At most 1,000 characters. */
  responseBody: string | null
  success: boolean
  errorMessage: string | null
  durationMs: number
  attemptedAt: string
}

/** Newest first. */
export const ListWebhookDeliveries = defineQuery<
  { webhookType?: string; status?: WebhookDeliveryStatus; skip: number; limit: number },
  { deliveries: WebhookDeliveryView[]; total: number }
>()('ListWebhookDeliveries', 'webhooks')

export const GetWebhookDelivery = defineQuery<{ id: string }, { delivery: WebhookDeliveryView | null }>()(
  'GetWebhookDelivery',
  'webhooks',
)

/** In the order made; null: no such delivery in this organization. */
export const ListWebhookDeliveryAttempts = defineQuery<
  { deliveryId: string },
  { attempts: WebhookDeliveryAttemptView[] | null }
>()('ListWebhookDeliveryAttempts', 'webhooks')

/** Every endpoint of the organization, also those without deliveries. `total` counts pending ones too. */
export const WebhookDeliveryStats = defineQuery<
  Record<string, never>,
  { endpoints: { endpointId: string; total: number; succeeded: number; failed: number; pending: number }[] }
>()('WebhookDeliveryStats', 'webhooks')

export type RetryWebhookRefusal = {
  code: 'webhook_delivery_not_found' | 'webhook_delivery_not_failed' | 'webhook_endpoint_not_active'
  message: string
}

/**
 * Makes a failed delivery due at once. Deliveries are rows and not an aggregate, so this is a request and not a command; a
 * repeat finds the delivery pending and is refused.
 */
export const RetryWebhookDelivery = defineQuery<
  { id: string },
  { ok: true; delivery: WebhookDeliveryView } | { ok: false; error: RetryWebhookRefusal }
>()('RetryWebhookDelivery', 'webhooks')
