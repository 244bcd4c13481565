import { projectRows, recorded } from '@billstream/event-sourcing-core/testing'
import type { DomainEvent } from '@billstream/event-sourcing-core'
import { WebhookEndpoint } from '@billstream/webhooks-contracts'
import { webhookEndpointProjection } from './webhook-endpoint.projection'

const id = '00000000-0000-4000-8000-000000000001'
const defined = WebhookEndpoint.Defined({
  id,
  fields: { url: 'https://example.com', format: 'boxbilling', signatureAlgo: 'hmac', status: 'active', eventTypes: [] },
})
const rowAfter = (...events: readonly DomainEvent[]) =>
  projectRows(
    webhookEndpointProjection,
    events.map((event) => recorded(event)),
  ).get(id)

describe('a webhook endpoint', () => {
  it('is shown as it was defined', () =>
    expect(rowAfter(defined)).toEqual({
      id,
      organization_id: '00000000-0000-7000-8000-00000000000a',
      url: 'https://example.com',
      format: 'boxbilling',
      signature_algo: 'hmac',
      status: 'active',
      event_types: [],
      created_at: '2026-06-01T00:00:00.000Z',
      updated_at: '2026-06-01T00:00:00.000Z',
    }))

  it.each([
    [{ url: 'https://example.org' }, { url: 'https://example.org', status: 'active' }],
    [{ status: 'inactive' as const }, { url: 'https://example.com', status: 'inactive' }],
    [{ eventTypes: ['invoice.paid'] }, { event_types: ['invoice.paid'], signature_algo: 'hmac' }],
  ])('changes only what changed: %j', (changes, shown) =>
    expect(rowAfter(defined, WebhookEndpoint.Changed({ id, changes }))).toMatchObject(shown),
  )

  it('is gone when it is removed, and not made up by a change', () => {
    expect(rowAfter(defined, WebhookEndpoint.Removed({ id }))).toBeUndefined()
    expect(rowAfter(WebhookEndpoint.Changed({ id, changes: { status: 'active' } }))).toBeUndefined()
  })
})
