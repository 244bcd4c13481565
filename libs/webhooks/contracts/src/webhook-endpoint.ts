import { Type } from '@sinclair/typebox'
import { defineSetting, Field } from '@billstream/event-sourcing-core'

const { text } = Field

/**
 * `format`: the public API whose names, bodies and headers the endpoint gets. `eventTypes`: empty means all. Refusals:
 * `url_invalid` and `url_not_allowed` (field url), `unknown_event_type` (field event_types), `webhook_endpoint_not_found`.
 */
export const WebhookEndpoint = defineSetting({
  name: 'WebhookEndpoint',
  context: 'webhooks',
  category: 'webhook-endpoint',
  fields: Type.Object({
    url: text,
    format: Type.Literal('boxbilling'),
    signatureAlgo: Type.Literal('hmac'),
    status: Type.Union([Type.Literal('active'), Type.Literal('inactive')]),
    eventTypes: Type.Array(text),
  }),
  immutable: ['format'],
})
