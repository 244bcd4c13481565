import { Type } from '@sinclair/typebox'
import { defineCommand, defineEvent, Field, type CommandOf, type EventOf } from '@billstream/event-sourcing-core'

const { id, text, instant } = Field
/** What an organization must hear of the deliveries to one endpoint; deliveries themselves are rows. */
const target = {
  context: 'webhooks',
  category: 'webhook-notice',
  aggregateId: (d: { endpointId: string }) => d.endpointId,
} as const

/** `gone`: it answered 410. `failing`: every attempt of 5 days failed. */
export const DisableReason = Type.Union([Type.Literal('gone'), Type.Literal('failing')])

/** The last attempt of a delivery failed. */
export const GiveUpWebhook = defineCommand(
  'GiveUpWebhook',
  target,
  Type.Object({ deliveryId: id, endpointId: id, webhookType: text }),
)
/** The endpoint becomes inactive, and what is open for it ends. */
export const DisableWebhookEndpoint = defineCommand(
  'DisableWebhookEndpoint',
  target,
  Type.Object({ endpointId: id, reason: DisableReason }),
)

/** Never delivered themselves. `at`: real time. */
export const WebhookGivenUp = defineEvent(
  'WebhookGivenUp',
  Type.Object({ deliveryId: id, endpointId: id, webhookType: text, at: instant }),
)
export const WebhookEndpointDisabled = defineEvent(
  'WebhookEndpointDisabled',
  Type.Object({ endpointId: id, reason: DisableReason, at: instant }),
)

export type WebhookNoticeCommand = CommandOf<typeof GiveUpWebhook> | CommandOf<typeof DisableWebhookEndpoint>
export type WebhookNoticeEvent = EventOf<typeof WebhookGivenUp> | EventOf<typeof WebhookEndpointDisabled>
