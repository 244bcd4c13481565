import { col, defineView, type ViewRow } from '@billstream/event-sourcing-core'

export const webhookEndpointView = defineView(
  'webhooks',
  'webhook_endpoint',
  {
    url: col.text,
    format: col.text,
    signature_algo: col.text,
    /** active or inactive */
    status: col.text,
    event_types: col.json<string[]>(),
    created_at: col.instant,
    updated_at: col.instant,
  },
  [['status']],
)
export type WebhookEndpointRow = ViewRow<typeof webhookEndpointView>
