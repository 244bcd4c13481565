import { specificationOf, testMetadata } from '@billstream/event-sourcing-core/testing'
import { WebhookEndpoint } from '@billstream/webhooks-contracts'
import { webhookEndpointDecider, type WebhookEndpointFacts } from './webhook-endpoint.decider'

const id = '00000000-0000-4000-8000-000000000001'
type Fields = Parameters<typeof WebhookEndpoint.Define>[0]['fields']
const fields: Fields = {
  url: 'https://example.com/hooks',
  format: 'boxbilling',
  signatureAlgo: 'hmac',
  status: 'active',
  eventTypes: ['invoice.paid'],
}
const facts: WebhookEndpointFacts = {
  targets: { allowPrivate: false, allowLoopback: false },
  webhookTypes: ['invoice.paid', 'invoice.created'],
}
const define = (sent: Partial<Fields> = {}) => ({
  ...WebhookEndpoint.Define({ id, fields: { ...fields, ...sent } }, testMetadata()),
  facts,
})
const change = (changes: Parameters<typeof WebhookEndpoint.Change>[0]['changes']) => ({
  ...WebhookEndpoint.Change({ id, changes }, testMetadata()),
  facts,
})
const defined = WebhookEndpoint.Defined({ id, fields })
const { given } = specificationOf(webhookEndpointDecider)

describe('a webhook endpoint that is not there', () => {
  it('is defined', () => given().when(define()).then(defined))
  it('is refused a private address, and a type that nobody sends', () => {
    given()
      .when(define({ url: 'http://10.0.0.1' }))
      .refuses('url_not_allowed', 'url')
    given()
      .when(define({ url: 'ftp://example.com' }))
      .refuses('url_invalid', 'url')
    given()
      .when(define({ eventTypes: ['invoice.forgotten'] }))
      .refuses('unknown_event_type', 'event_types')
  })
  it('cannot be changed or removed', () => {
    given()
      .when(change({ status: 'inactive' }))
      .refuses('webhook_endpoint_not_found')
    given().when(WebhookEndpoint.Remove({ id }, testMetadata())).refuses('webhook_endpoint_not_found')
  })
})

describe('a webhook endpoint', () => {
  it('changes what differs', () => {
    const changes = { status: 'inactive' } as const
    given(defined)
      .when(change({ ...changes, url: fields.url }))
      .then(WebhookEndpoint.Changed({ id, changes }))
    given(defined)
      .when(change({ url: fields.url }))
      .nothing()
  })
  it('is refused a private address and an unknown type when it changes', () => {
    given(defined)
      .when(change({ url: 'http://[::1]/' }))
      .refuses('url_not_allowed', 'url')
    given(defined)
      .when(change({ eventTypes: ['x'] }))
      .refuses('unknown_event_type', 'event_types')
  })
  it('is removed once', () => {
    const removed = WebhookEndpoint.Removed({ id })
    given(defined).when(WebhookEndpoint.Remove({ id }, testMetadata())).then(removed)
    given(defined, removed)
      .when(change({ status: 'active' }))
      .refuses('webhook_endpoint_not_found')
  })
})
