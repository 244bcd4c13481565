import { projectRows, recorded } from '@billstream/event-sourcing-core/testing'
import type { DomainEvent } from '@billstream/event-sourcing-core'
import {
  PaymentAttemptAbandoned,
  PaymentFailed,
  PaymentOpened,
  PaymentProcessing,
  PaymentRequested,
  PaymentRetried,
  PaymentSucceeded,
} from '@billstream/checkout-contracts'
import { paymentProjection } from './payment.projection'
import type { PaymentRow } from './payment.view'

const ids = { paymentId: '00000000-0000-4000-8000-0000000000d1', invoiceId: '00000000-0000-4000-8000-0000000000e1' }
const customerId = '00000000-0000-4000-8000-0000000000c1'
const due = { amount: '9090', currency: 'USD' }
const method = {
  paymentMethodId: '00000000-0000-4000-8000-000000000001',
  provider: 'sandbox',
  providerPaymentMethodId: 'pm_card_visa',
}
const completedAt = '2026-06-03T00:00:00.000Z'

const opened = PaymentOpened({ ...ids, customerId, ...due, method })
const requested = PaymentRequested({ ...ids, attempt: 1, customerId, ...due, method })
const failed = PaymentFailed({ ...ids, attempt: 1, reason: 'fraud', providerPaymentId: 'ch_1' })
const retried = PaymentRetried({ ...ids, attempt: 2, amount: '9000', method })

/** Each event happens a day after the one before, from 1 June. */
function rowAfter(...events: readonly DomainEvent[]): PaymentRow | undefined {
  const history = events.map((event, index) =>
    recorded(event, { position: BigInt(index + 1), metadata: { occurredAt: dayOfJune(index + 1) } }),
  )
  return projectRows(paymentProjection, history).get(ids.paymentId)
}
function dayOfJune(day: number): string {
  return `2026-06-0${day}T00:00:00.000Z`
}

describe('a payment', () => {
  it('is shown as pending with its method when it is opened', () =>
    expect(rowAfter(opened)).toEqual({
      id: ids.paymentId,
      organization_id: '00000000-0000-7000-8000-00000000000a',
      invoice_id: ids.invoiceId,
      customer_id: customerId,
      amount_cents: '9090',
      currency: 'USD',
      status: 'pending',
      provider: 'sandbox',
      provider_payment_id: null,
      failure_reason: null,
      attempt: 1,
      created_at: dayOfJune(1),
      updated_at: dayOfJune(1),
      completed_at: null,
    }))

  it('is shown as pending without an attempt when there was no method', () =>
    expect(rowAfter(PaymentOpened({ ...ids, customerId, ...due, method: null }))).toMatchObject({
      status: 'pending',
      provider: 'manual',
      attempt: 0,
    }))

  it('is processing from the request until the outcome', () => {
    expect(rowAfter(opened, requested)).toMatchObject({ status: 'processing', updated_at: dayOfJune(2) })
    const processing = PaymentProcessing({ ...ids, attempt: 1, providerPaymentId: 'ch_1' })
    expect(rowAfter(opened, requested, processing)).toMatchObject({
      status: 'processing',
      provider_payment_id: 'ch_1',
    })
  })

  it('keeps when it succeeded', () => {
    const succeeded = PaymentSucceeded({ ...ids, attempt: 1, ...due, providerPaymentId: 'ch_1', completedAt })
    expect(rowAfter(opened, requested, succeeded)).toMatchObject({
      status: 'succeeded',
      provider_payment_id: 'ch_1',
      completed_at: completedAt,
      created_at: dayOfJune(1),
      updated_at: dayOfJune(3),
    })
  })

  it('keeps why it failed until it is tried again', () => {
    expect(rowAfter(opened, requested, failed)).toMatchObject({ status: 'failed', failure_reason: 'fraud' })
    expect(rowAfter(opened, requested, failed, retried)).toMatchObject({
      status: 'pending',
      attempt: 2,
      amount_cents: '9000',
      failure_reason: null,
      provider_payment_id: null,
    })
  })

  it('is canceled when its first attempt is abandoned, and failed again when a later one is', () => {
    const abandoned = (attempt: number) => PaymentAttemptAbandoned({ ...ids, attempt, reason: 'invoice_paid' })
    expect(rowAfter(opened, abandoned(1))).toMatchObject({ status: 'canceled' })
    expect(rowAfter(opened, requested, failed, retried, abandoned(2))).toMatchObject({ status: 'failed' })
  })

  it('is not made up from a later event', () => expect(rowAfter(requested)).toBeUndefined())
})
