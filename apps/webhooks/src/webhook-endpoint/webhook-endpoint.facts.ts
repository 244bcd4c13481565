import { BOXBILLING_WEBHOOK_TYPES } from '@billstream/apis-boxbilling'
import type { Gather } from '@billstream/event-sourcing-runtime'
import { ok } from '@billstream/kernel'
import type { WebhookEndpointFacts, WebhookTargets } from '@billstream/webhooks-domain'

/** Where webhooks may go on this installation, and what its format can tell. */
export function gatherForWebhookEndpoint(targets: WebhookTargets): Gather {
  return async () => ok<WebhookEndpointFacts>({ targets, webhookTypes: BOXBILLING_WEBHOOK_TYPES })
}
