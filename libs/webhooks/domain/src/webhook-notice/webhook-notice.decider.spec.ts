import { specificationOf, testMetadata } from '@billstream/event-sourcing-core/testing'
import {
  DisableWebhookEndpoint,
  GiveUpWebhook,
  WebhookEndpointDisabled,
  WebhookGivenUp,
} from '@billstream/webhooks-contracts'
import { webhookNoticeDecider } from './webhook-notice.decider'

const endpointId = '00000000-0000-4000-8000-000000000001'
const deliveryId = '00000000-0000-4000-8000-000000000002'
const now = '2026-06-11T10:00:00.000Z'
const { given } = specificationOf(webhookNoticeDecider)

describe('an endpoint', () => {
  const givenUp = { deliveryId, endpointId, webhookType: 'invoice.paid' }
  const disabled = { endpointId, reason: 'gone' } as const

  it('whose delivery is given up says so, each time', () => {
    const event = WebhookGivenUp({ ...givenUp, at: now })
    given()
      .when(GiveUpWebhook(givenUp, testMetadata({ now })))
      .then(event)
    given(event)
      .when(GiveUpWebhook(givenUp, testMetadata({ now })))
      .then(event)
  })

  it('that is disabled says why', () =>
    given()
      .when(DisableWebhookEndpoint(disabled, testMetadata({ now })))
      .then(WebhookEndpointDisabled({ ...disabled, at: now })))
})
