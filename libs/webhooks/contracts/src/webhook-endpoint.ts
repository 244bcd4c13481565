import { Type } from '@sinclair/typebox'
import { defineEvent, defineSetting, Field } from '@billstream/event-sourcing-core'

const { id, text, instant } = Field

/** `format`: the public API whose names, bodies and headers the endpoint gets. `eventTypes`: empty means all. */
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

/** Never delivered themselves. */
export const WebhookGivenUp = defineEvent(
  'WebhookGivenUp',
  Type.Object({ deliveryId: id, endpointId: id, webhookType: text, at: instant }),
)
export const WebhookEndpointDisabled = defineEvent(
  'WebhookEndpointDisabled',
  Type.Object({ endpointId: id, reason: text, at: instant }),
)
