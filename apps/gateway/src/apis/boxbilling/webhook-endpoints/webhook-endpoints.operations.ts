import { Type } from '@sinclair/typebox'
import { named, page, sortedPage, wire } from '../../../edge/schema/wire'
import { operation } from '../boxbilling.api'

const { Optional } = Type
const { orNull, text, uuid, instant } = wire
const tag = 'Webhooks'
const endpointParams = Type.Object({ endpoint_id: uuid() })
const webhookParams = Type.Object({ webhook_id: uuid() })

const EVENT_TYPES_MAX = 100
const DELIVERY_STATUSES = ['pending', 'succeeded', 'failed'] as const
const eventTypes = () => Type.Array(text({ max: 255 }), { maxItems: EVENT_TYPES_MAX })

const WebhookEndpointCreate = named('WebhookEndpointCreate', {
  url: text({ max: 2048 }),
  signature_algo: Optional(wire.choice(['hmac'])),
  event_types: Optional(orNull(eventTypes())),
})
const WebhookEndpointUpdate = named('WebhookEndpointUpdate', {
  url: Optional(orNull(text({ max: 2048 }))),
  signature_algo: Optional(orNull(wire.choice(['hmac']))),
  status: Optional(orNull(wire.choice(['active', 'inactive']))),
  event_types: Optional(orNull(eventTypes())),
})
const WebhookEndpointResponse = named('WebhookEndpointResponse', {
  id: uuid(),
  url: text(),
  signature_algo: text(),
  status: text(),
  event_types: Type.Array(text()),
  created_at: instant(),
  updated_at: instant(),
})
const EndpointDeliveryStats = named('EndpointDeliveryStats', {
  endpoint_id: text(),
  total: wire.integer(),
  succeeded: wire.integer(),
  failed: wire.integer(),
  success_rate: Type.Number(),
})
const WebhookResponse = named('WebhookResponse', {
  id: uuid(),
  webhook_endpoint_id: uuid(),
  webhook_type: text(),
  object_type: orNull(text()),
  object_id: orNull(uuid()),
  payload: wire.rawObject(),
  status: text(),
  retries: wire.integer(),
  max_retries: wire.integer(),
  last_retried_at: orNull(instant()),
  http_status: orNull(wire.integer()),
  response: orNull(text()),
  created_at: instant(),
  updated_at: instant(),
})
const WebhookDeliveryAttemptResponse = named('WebhookDeliveryAttemptResponse', {
  id: uuid(),
  webhook_id: uuid(),
  attempt_number: wire.integer(),
  http_status: orNull(wire.integer()),
  response_body: orNull(text()),
  success: wire.boolean(),
  error_message: orNull(text()),
  attempted_at: instant(),
})

export const createWebhookEndpoint = operation({
  method: 'POST',
  path: '/v1/webhook_endpoints/',
  tag,
  summary: 'Create a webhook endpoint',
  body: WebhookEndpointCreate,
  response: WebhookEndpointResponse,
  status: 201,
  errors: [401, 422],
})
export const listWebhookEndpoints = operation({
  method: 'GET',
  path: '/v1/webhook_endpoints/',
  tag,
  summary: 'List webhook endpoints',
  query: Type.Object(sortedPage),
  response: Type.Array(WebhookEndpointResponse),
  status: 200,
  errors: [401, 422],
  list: true,
})
export const getDeliveryStats = operation({
  method: 'GET',
  path: '/v1/webhook_endpoints/delivery_stats',
  tag,
  summary: 'Deliveries of each endpoint',
  response: Type.Array(EndpointDeliveryStats),
  status: 200,
  errors: [401],
})
export const listWebhooks = operation({
  method: 'GET',
  path: '/v1/webhook_endpoints/hooks/list',
  tag,
  summary: 'List webhooks, newest first',
  query: Type.Object({
    ...page,
    webhook_type: Optional(orNull(text())),
    status: Optional(orNull(wire.choice(DELIVERY_STATUSES))),
  }),
  response: Type.Array(WebhookResponse),
  status: 200,
  errors: [401, 422],
  list: true,
})
export const getWebhook = operation({
  method: 'GET',
  path: '/v1/webhook_endpoints/hooks/{webhook_id}',
  tag,
  summary: 'Get a webhook',
  params: webhookParams,
  response: WebhookResponse,
  status: 200,
  errors: [404, 422],
})
export const listDeliveryAttempts = operation({
  method: 'GET',
  path: '/v1/webhook_endpoints/hooks/{webhook_id}/delivery_attempts',
  tag,
  summary: 'List the attempts to deliver a webhook',
  params: webhookParams,
  response: Type.Array(WebhookDeliveryAttemptResponse),
  status: 200,
  errors: [404, 422],
  list: true,
})
export const retryWebhook = operation({
  method: 'POST',
  path: '/v1/webhook_endpoints/hooks/{webhook_id}/retry',
  tag,
  summary: 'Send a failed webhook again',
  params: webhookParams,
  response: WebhookResponse,
  status: 200,
  errors: [400, 404, 422],
})
export const getWebhookEndpoint = operation({
  method: 'GET',
  path: '/v1/webhook_endpoints/{endpoint_id}',
  tag,
  summary: 'Get a webhook endpoint',
  params: endpointParams,
  response: WebhookEndpointResponse,
  status: 200,
  errors: [401, 404, 422],
})
export const updateWebhookEndpoint = operation({
  method: 'PUT',
  path: '/v1/webhook_endpoints/{endpoint_id}',
  tag,
  summary: 'Change a webhook endpoint',
  params: endpointParams,
  body: WebhookEndpointUpdate,
  response: WebhookEndpointResponse,
  status: 200,
  errors: [401, 404, 422],
})
export const deleteWebhookEndpoint = operation({
  method: 'DELETE',
  path: '/v1/webhook_endpoints/{endpoint_id}',
  tag,
  summary: 'Delete a webhook endpoint',
  params: endpointParams,
  status: 204,
  errors: [401, 404, 422],
})
