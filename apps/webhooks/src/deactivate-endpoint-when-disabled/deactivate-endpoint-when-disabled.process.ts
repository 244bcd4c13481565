import { isEvent, want, type ProcessDefinition } from '@billstream/event-sourcing-core'
import { WebhookEndpoint, WebhookEndpointDisabled } from '@billstream/webhooks-contracts'

/** An endpoint that answers 410, or fails for 5 days, becomes inactive. Source: rules/boxbilling.md, section 16. */
export const deactivateEndpointWhenDisabled: ProcessDefinition = {
  name: 'deactivate-endpoint-when-disabled',
  context: 'webhooks',
  reactsTo: [WebhookEndpointDisabled.type],
  react: (event) => {
    if (!isEvent(WebhookEndpointDisabled, event)) return []
    return [want(WebhookEndpoint.Change, { id: event.data.endpointId, changes: { status: 'inactive' } })]
  },
  refusals: { webhook_endpoint_not_found: 'ignore' },
}
