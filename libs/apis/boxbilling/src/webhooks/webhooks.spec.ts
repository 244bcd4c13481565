import { accountsEvents, CustomerChanged, CustomerCreated } from '@billstream/accounts-contracts'
import { checkoutEvents, PaymentOpened } from '@billstream/checkout-contracts'
import { recorded } from '@billstream/event-sourcing-core/testing'
import { invoicingEvents, InvoicePaid } from '@billstream/invoicing-contracts'
import { subscriptionsEvents, SubscriptionTerminated } from '@billstream/subscriptions-contracts'
import { BOXBILLING_WEBHOOK_TYPES } from './webhook-types'
import { erasedCustomerBody } from './erased-body'
import { boxBillingWebhookBody, boxBillingWebhookHeaders } from './webhook-body'
import { BOXBILLING_WEBHOOK_EVENTS, boxBillingWebhookOf } from './webhook-rules'

const id = '00000000-0000-4000-8000-000000000001'
const method = { paymentMethodId: id, provider: 'sandbox', providerPaymentMethodId: 'pm_card_visa' }

describe('what this API tells', () => {
  it.each([
    ['CustomerCreated', 'customer.created'],
    ['CustomerChanged', 'customer.updated'],
    ['SubscriptionCreated', 'subscription.created'],
    ['SubscriptionStarted', 'subscription.started'],
    ['SubscriptionTerminated', 'subscription.terminated'],
    ['InvoiceDrafted', 'invoice.created'],
    ['InvoiceFinalized', 'invoice.finalized'],
    ['InvoicePaid', 'invoice.paid'],
    ['PaymentOpened', 'payment.created'],
    ['PaymentSucceeded', 'payment.succeeded'],
    ['PaymentFailed', 'payment.failed'],
  ])('of %s is %s, with the id of its object', (event, type) => {
    const objectType = type.slice(0, type.indexOf('.'))
    const told = boxBillingWebhookOf(recorded({ type: event, data: { [`${objectType}Id`]: id } }))
    expect(told).toMatchObject({ type, objectType, objectId: id, data: { [`${objectType}_id`]: id } })
    expect(BOXBILLING_WEBHOOK_TYPES).toContain(type)
  })

  it('is nothing of any other event', () => {
    const contracts = [...accountsEvents, ...subscriptionsEvents, ...invoicingEvents, ...checkoutEvents]
    const silent = contracts.filter(({ type }) => !BOXBILLING_WEBHOOK_EVENTS.includes(type))
    expect(silent.length).toBeGreaterThan(0)
    for (const { type } of silent) expect(boxBillingWebhookOf(recorded({ type, data: {} }))).toBeUndefined()
  })

  it('of an ended subscription names what was done with it', () => {
    const ended = SubscriptionTerminated({
      subscriptionId: id,
      endedAt: '2026-06-11T00:00:00.000Z',
      onTerminationAction: 'generate_credit_note',
      boundary: null,
    })
    expect(boxBillingWebhookOf(recorded(ended))?.data).toEqual({
      subscription_id: id,
      on_termination_action: 'generate_credit_note',
    })
  })

  it('never holds what identifies a person, but for the object itself', () => {
    const personal = { name: 'Anna', email: 'anna@example.com', billingMetadata: {} }
    const terms = { currency: null, timezone: null, invoiceGracePeriodDays: null, netPaymentTermDays: null }
    const created = CustomerCreated({ customerId: id, externalId: 'anna', testClockId: null, ...terms, personal })
    const changed = CustomerChanged({ customerId: id, changes: {}, personal })
    for (const event of [created, changed]) {
      expect(JSON.stringify(boxBillingWebhookOf(recorded(event)))).not.toContain('Anna')
    }
  })
})

describe('the body', () => {
  const occurredAt = '2023-12-01T00:00:00.000Z'

  it('has the envelope of Standard Webhooks, and the members of data at the top as well', () => {
    const event = recorded(
      PaymentOpened({ paymentId: id, invoiceId: id, customerId: id, amount: '9090', currency: 'USD', method }),
      { metadata: { occurredAt } },
    )
    const told = boxBillingWebhookOf(event)
    if (!told) throw new Error('nothing told')
    const object = { id, amount_cents: '9090.0000' }
    expect(JSON.parse(boxBillingWebhookBody(told, event, object))).toEqual({
      type: 'payment.created',
      timestamp: occurredAt,
      webhook_type: 'payment.created',
      object_type: 'payment',
      object_id: id,
      organization_id: event.metadata.organizationId,
      data: { payment_id: id, object },
      payment_id: id,
      object,
    })
  })

  it('is the same bytes each time', () => {
    const event = recorded(InvoicePaid({ invoiceId: id, paidAt: occurredAt, paymentId: id, feeIds: [] }))
    const told = boxBillingWebhookOf(event)
    if (!told) throw new Error('nothing told')
    expect(boxBillingWebhookBody(told, event, { id })).toBe(boxBillingWebhookBody(told, event, { id }))
  })
})

describe('the body about a customer who was erased', () => {
  it('shows nobody any more, and is otherwise as it was', () => {
    const event = recorded({ type: 'CustomerCreated', data: { customerId: id } })
    const told = boxBillingWebhookOf(event)
    if (!told) throw new Error('nothing told')
    const anna = {
      id,
      external_id: 'a1',
      name: 'Anna',
      email: 'anna@example.com',
      billing_metadata: { city: 'Annaberg' },
    }
    const nobody = { id, external_id: 'a1', name: '', email: null, billing_metadata: {} }
    const erased = erasedCustomerBody(boxBillingWebhookBody(told, event, anna))
    expect(erased).toBe(boxBillingWebhookBody(told, event, nobody))
    expect(erasedCustomerBody(erased)).toBe(erased)
  })
})

describe('the headers', () => {
  it('are this API’s', () =>
    expect(boxBillingWebhookHeaders('w1', 'abcdef')).toEqual({
      'X-Bxb-Signature': 'abcdef',
      'X-Bxb-Signature-Algorithm': 'hmac',
      'X-Bxb-Webhook-Id': 'w1',
    }))
})
