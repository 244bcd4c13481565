import { defineProjection, on } from '@billstream/event-sourcing-core'
import { WebhookEndpoint } from '@billstream/webhooks-contracts'
import { webhookEndpointView, type WebhookEndpointRow } from './webhook-endpoint.view'

/** The receivers of webhooks; a removed one is gone. All instants are real time. */
export const webhookEndpointProjection = defineProjection({
  name: 'webhooks.webhook_endpoint',
  view: webhookEndpointView,
  version: 1,
  on: {
    ...on(WebhookEndpoint.Defined, ({ data, metadata, recordedAt }) => {
      const { id, fields } = data
      const row: WebhookEndpointRow = {
        id,
        organization_id: metadata.organizationId,
        url: fields.url,
        format: fields.format,
        signature_algo: fields.signatureAlgo,
        status: fields.status,
        event_types: fields.eventTypes,
        created_at: recordedAt,
        updated_at: recordedAt,
      }
      return [{ id, row }]
    }),
    ...on(WebhookEndpoint.Changed, ({ data, recordedAt }) => {
      const { url, signatureAlgo, status, eventTypes } = data.changes
      const changed: Partial<WebhookEndpointRow> = {
        ...(url !== undefined && { url }),
        ...(signatureAlgo !== undefined && { signature_algo: signatureAlgo }),
        ...(status !== undefined && { status }),
        ...(eventTypes !== undefined && { event_types: eventTypes }),
        updated_at: recordedAt,
      }
      return [{ id: data.id, fold: (row: WebhookEndpointRow | undefined) => row && { ...row, ...changed } }]
    }),
    ...on(WebhookEndpoint.Removed, ({ data }) => [{ id: data.id, row: null }]),
  },
})
