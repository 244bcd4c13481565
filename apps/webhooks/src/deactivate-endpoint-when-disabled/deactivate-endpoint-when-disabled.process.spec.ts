import { want } from '@billstream/event-sourcing-core'
import { recorded } from '@billstream/event-sourcing-core/testing'
import { derivedId } from '@billstream/kernel'
import { WebhookEndpoint, WebhookEndpointDisabled, WebhookGivenUp } from '@billstream/webhooks-contracts'
import { deactivateEndpointWhenDisabled as process } from './deactivate-endpoint-when-disabled.process'

const at = '2026-06-11T00:00:00.000Z'
const disabled = (endpoint: string) =>
  recorded(WebhookEndpointDisabled({ endpointId: derivedId(endpoint), reason: 'gone', at }))
const deactivate = (endpoint: string) =>
  want(WebhookEndpoint.Change, { id: derivedId(endpoint), changes: { status: 'inactive' } })

describe('a disabled endpoint', () => {
  it('becomes inactive', () => expect(process.react(disabled('one'), undefined)).toEqual([deactivate('one')]))

  it('that is told twice wants the same again', () =>
    expect(process.react(disabled('one'), undefined)).toEqual(process.react(disabled('one'), undefined)))

  it('leaves the endpoints of others alone, in any order', () => {
    const wanted = [disabled('two'), disabled('one')].flatMap((event) => process.react(event, undefined))
    expect(wanted).toEqual([deactivate('two'), deactivate('one')])
  })

  it('that was removed meanwhile is nothing to worry about', () =>
    expect(process.refusals).toEqual({ webhook_endpoint_not_found: 'ignore' }))
})

describe('a delivery that is given up', () => {
  it('changes no endpoint', () => {
    const ids = { deliveryId: derivedId('delivery'), endpointId: derivedId('one') }
    const givenUp = recorded(WebhookGivenUp({ ...ids, webhookType: 'invoice.paid', at }))
    expect(process.react(givenUp, undefined)).toEqual([])
  })
})
