import { CustomerErased } from '@billstream/accounts-contracts'
import { derivedId } from '@billstream/kernel'
import { testMetadata } from '@billstream/event-sourcing-core/testing'
import { WebhookEndpoint } from '@billstream/webhooks-contracts'
import {
  customerChanged,
  customerCreated,
  customerId,
  defineEndpoint,
  endpointId,
  paymentFailed,
  paymentId,
  paymentOpened,
  paymentRequested,
  paymentSucceeded,
} from '../../test/facts'
import { webhooksInMemory, type WebhooksInMemory } from '../../test/webhooks-in-memory'
import type { WebhookSender } from '../deliver-webhooks/webhook-sender'

const url = 'https://example.com/hooks'
const silent: WebhookSender = {
  send: () => Promise.reject(new Error('Nobody expected a request.')),
  close: () => Promise.resolve(),
}
const occurredAt = '2023-12-01T00:00:00.000Z'
const parsed = (body: string | undefined) => JSON.parse(body ?? '{}') as Record<string, unknown>
const typesOf = async (webhooks: WebhooksInMemory) => (await webhooks.deliveriesMade()).map((each) => each.webhookType)

describe('an event that an active endpoint wants', () => {
  it('becomes one delivery, with the object as GET shows it', async () => {
    const webhooks = await webhooksInMemory({ sender: silent })
    await webhooks.command(defineEndpoint('one', { url }))
    const [event] = await webhooks.happened('customer-anna', [customerCreated('Anna')], { occurredAt })
    const [delivery, ...others] = await webhooks.deliveriesMade()
    expect(others).toEqual([])
    expect(delivery).toMatchObject({
      id: derivedId('delivery', event?.id ?? '', 'customer.created', endpointId('one')),
      endpointId: endpointId('one'),
      eventId: event?.id,
      correlationId: event?.metadata.correlationId,
      format: 'boxbilling',
      webhookType: 'customer.created',
      objectType: 'customer',
      objectId: customerId('Anna'),
      status: 'pending',
      attempts: 0,
    })
    const object = { id: customerId('Anna'), external_id: 'Anna', name: 'Anna', currency: 'EUR', net_payment_term: 30 }
    expect(parsed(delivery?.body)).toMatchObject({
      type: 'customer.created',
      timestamp: occurredAt,
      object_id: customerId('Anna'),
      organization_id: webhooks.organizationId,
      data: { customer_id: customerId('Anna'), object },
      customer_id: customerId('Anna'),
      object,
    })
  })

  it('becomes no second one when it is delivered again', async () => {
    const webhooks = await webhooksInMemory({ sender: silent })
    await webhooks.command(defineEndpoint('one', { url }))
    const recorded = await webhooks.happened('customer-anna', [customerCreated('Anna')])
    await webhooks.handOver(recorded)
    expect(await typesOf(webhooks)).toEqual(['customer.created'])
  })

  it('becomes one for each endpoint, each with its own id and the same bytes', async () => {
    const webhooks = await webhooksInMemory({ sender: silent })
    await webhooks.command(defineEndpoint('one', { url }))
    await webhooks.command(defineEndpoint('two', { url: 'https://example.org' }))
    await webhooks.happened('customer-anna', [customerCreated('Anna')])
    const made = await webhooks.deliveriesMade()
    expect(new Set(made.map(({ id }) => id)).size).toBe(2)
    expect(new Set(made.map(({ body }) => body)).size).toBe(1)
  })

  it('is shown as it stands when the body is made, never older', async () => {
    const webhooks = await webhooksInMemory({ sender: silent })
    await webhooks.command(defineEndpoint('one', { url }))
    const created = await webhooks.record('customer-anna', [customerCreated('Anna')])
    const changed = await webhooks.record('customer-anna', [customerChanged('Anna')])
    await webhooks.handOver([...created, ...changed])
    const shown = (await webhooks.deliveriesMade()).map(({ body }) => parsed(body)['object'])
    expect(shown).toMatchObject([{ currency: 'USD' }, { currency: 'USD' }])
  })

  it('waits until the view has reached it', async () => {
    const webhooks = await webhooksInMemory({ sender: silent })
    await webhooks.command(defineEndpoint('one', { url }))
    const recorded = await webhooks.record('customer-anna', [customerCreated('Anna')])
    const subscriber = webhooks.service.subscribers.find(({ name }) => name === 'queue-webhook-deliveries')
    await expect(subscriber?.handle(recorded)).rejects.toMatchObject({ name: 'ViewsBehind' })
    expect(await webhooks.deliveriesMade()).toEqual([])
    await webhooks.handOver(recorded)
    expect(await typesOf(webhooks)).toEqual(['customer.created'])
  })
})

describe('a payment', () => {
  it('is told when it is opened, and once for each attempt', async () => {
    const webhooks = await webhooksInMemory({ sender: silent })
    await webhooks.command(defineEndpoint('one', { url }))
    await webhooks.happened('payment-anna', [
      paymentOpened('Anna'),
      paymentRequested('Anna', 1),
      paymentFailed('Anna', 1),
      paymentRequested('Anna', 2),
      paymentSucceeded('Anna', 2),
    ])
    expect((await typesOf(webhooks)).sort()).toEqual(['payment.created', 'payment.failed', 'payment.succeeded'])
    const [first] = await webhooks.deliveriesMade()
    expect(parsed(first?.body)['object']).toMatchObject({ id: paymentId('Anna'), amount_cents: '9090.0000' })
  })
})

describe('an endpoint', () => {
  it('with a filter gets only what it wants', async () => {
    const webhooks = await webhooksInMemory({ sender: silent })
    await webhooks.command(defineEndpoint('one', { url, eventTypes: ['payment.failed', 'customer.updated'] }))
    await webhooks.happened('customer-anna', [customerCreated('Anna'), customerChanged('Anna')])
    expect(await typesOf(webhooks)).toEqual(['customer.updated'])
  })

  it('that is inactive gets nothing', async () => {
    const webhooks = await webhooksInMemory({ sender: silent })
    await webhooks.command(defineEndpoint('one', { url, status: 'inactive' }))
    await webhooks.happened('customer-anna', [customerCreated('Anna')])
    expect(await webhooks.deliveriesMade()).toEqual([])
  })

  it('is not told what happened before it was there', async () => {
    const webhooks = await webhooksInMemory({ sender: silent })
    const earlier = await webhooks.record('customer-anna', [customerCreated('Anna')])
    webhooks.clock.advance(1)
    await webhooks.command(defineEndpoint('one', { url }))
    await webhooks.handOver(earlier)
    expect(await webhooks.deliveriesMade()).toEqual([])
  })

  it('hears of its own organization only', async () => {
    const webhooks = await webhooksInMemory({ sender: silent })
    const other = derivedId('another organization')
    await webhooks.organizationOpened(other)
    await webhooks.command(defineEndpoint('one', { url }))
    await webhooks.command(defineEndpoint('other', { url }, other))
    await webhooks.happened('customer-anna', [customerCreated('Anna')])
    expect((await webhooks.deliveriesMade()).map((each) => each.endpointId)).toEqual([endpointId('one')])
    expect(await webhooks.deliveriesMade(other)).toEqual([])
  })

  it('that was removed gets nothing, and what is open for it ends', async () => {
    const webhooks = await webhooksInMemory({ sender: silent })
    await webhooks.command(defineEndpoint('one', { url }))
    await webhooks.happened('customer-anna', [customerCreated('Anna')])
    const remove = WebhookEndpoint.Remove({ id: endpointId('one') }, testMetadata({ commandId: derivedId('remove') }))
    await webhooks.command(remove)
    await webhooks.handOver(await webhooks.events(0n))
    await webhooks.happened('customer-ben', [customerCreated('Ben')])
    expect(await webhooks.deliveriesMade()).toMatchObject([{ webhookType: 'customer.created', status: 'failed' }])
  })
})

describe('a customer who is erased', () => {
  it('is in no stored body any more, also not in one that is made together with it', async () => {
    const webhooks = await webhooksInMemory({ sender: silent })
    await webhooks.command(defineEndpoint('one', { url }))
    await webhooks.happened('customer-anna', [customerCreated('Anna'), paymentOpened('Anna')])
    await webhooks.happened('customer-ben', [customerCreated('Ben')])
    const erased = CustomerErased({ customerId: customerId('Anna') })
    await webhooks.happened('customer-anna', [customerChanged('Anna'), erased])
    const made = await webhooks.deliveriesMade()
    const namesOf = (id: string) =>
      made.filter(({ objectId }) => objectId === id).map(({ body }) => parsed(body)['object'])
    expect(namesOf(customerId('Anna'))).toMatchObject([{ name: '' }, { name: '' }])
    expect(namesOf(customerId('Ben'))).toMatchObject([{ name: 'Ben' }])
    expect(made.find(({ objectId }) => objectId === paymentId('Anna'))).toBeDefined()
  })
})

describe('an organization that is closed', () => {
  it('is told nothing any more, and what is open ends', async () => {
    const webhooks = await webhooksInMemory({ sender: silent })
    await webhooks.command(defineEndpoint('one', { url }))
    await webhooks.happened('customer-anna', [customerCreated('Anna')])
    await webhooks.organizationClosed(webhooks.organizationId)
    await webhooks.happened('customer-ben', [customerCreated('Ben')])
    expect(await webhooks.deliveriesMade()).toMatchObject([{ objectId: customerId('Anna'), status: 'failed' }])
  })
})
