import type { Static } from '@sinclair/typebox'
import { settingDecider } from '@billstream/event-sourcing-core'
import { ok, refuse, type Result } from '@billstream/kernel'
import { WebhookEndpoint } from '@billstream/webhooks-contracts'
import { checkWebhookUrl, type WebhookTargets } from '../webhook-target/webhook-target'

type Endpoint = Static<typeof WebhookEndpoint.options.fields>

/** What the service knows besides: where webhooks may go, and the types that the endpoint's format has. */
export interface WebhookEndpointFacts {
  readonly targets: WebhookTargets
  readonly webhookTypes: readonly string[]
}

/** A receiver of webhooks. Refusals: `url_invalid`, `url_not_allowed`, `unknown_event_type`. Source: rules/boxbilling.md, section 16. */
export const webhookEndpointDecider = settingDecider<Endpoint>(WebhookEndpoint, {
  define: (fields, facts) => check(fields, facts as WebhookEndpointFacts),
  change: (changes, _present, facts) => check(changes, facts as WebhookEndpointFacts),
})

function check(
  { url, eventTypes }: Partial<Endpoint>,
  { targets, webhookTypes }: WebhookEndpointFacts,
): Result<unknown> {
  const unknown = eventTypes?.find((type) => !webhookTypes.includes(type))
  if (unknown !== undefined) {
    return refuse('unknown_event_type', `There is no webhook of type ${unknown}.`, 'event_types')
  }
  return url === undefined ? ok(undefined) : checkWebhookUrl(url, targets)
}
