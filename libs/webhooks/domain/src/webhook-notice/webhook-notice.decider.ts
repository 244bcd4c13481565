import { assertNever, ok } from '@billstream/kernel'
import type { Decider } from '@billstream/event-sourcing-core'
import {
  DisableWebhookEndpoint,
  GiveUpWebhook,
  WebhookEndpointDisabled,
  WebhookGivenUp,
  type WebhookNoticeCommand,
  type WebhookNoticeEvent,
} from '@billstream/webhooks-contracts'

function decide(command: WebhookNoticeCommand) {
  const at = command.metadata.now
  switch (command.type) {
    case 'GiveUpWebhook':
      return ok([WebhookGivenUp({ ...command.data, at })])
    case 'DisableWebhookEndpoint':
      return ok([WebhookEndpointDisabled({ ...command.data, at })])
    default:
      return assertNever(command)
  }
}

/**
 * What an organization must hear of an endpoint's deliveries. It decides nothing and has no state: the worker has seen the
 * facts, and a repeat is recognised by its command id.
 */
export const webhookNoticeDecider: Decider<null, WebhookNoticeCommand, WebhookNoticeEvent> = {
  category: 'webhook-notice',
  commands: [GiveUpWebhook, DisableWebhookEndpoint],
  events: [WebhookGivenUp, WebhookEndpointDisabled],
  initial: null,
  foldVersion: 1,
  decide,
  evolve: (state) => state,
}
