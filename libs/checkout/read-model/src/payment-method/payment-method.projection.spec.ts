import { projectRows, recorded } from '@billstream/event-sourcing-core/testing'
import type { DomainEvent } from '@billstream/event-sourcing-core'
import {
  DefaultPaymentMethodSet,
  PaymentDetailsErased,
  PaymentMethodAdded,
  PaymentMethodRemoved,
} from '@billstream/checkout-contracts'
import { paymentMethodProjection } from './payment-method.projection'

const customerId = '00000000-0000-4000-8000-0000000000c1'
const [visa, mastercard] = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002'] as const
const details = { last4: '4242', holder: 'Ann' }
const added = (
  paymentMethodId: string,
  isDefault: boolean,
  personal: { details: Record<string, unknown> } | null = { details },
) =>
  PaymentMethodAdded({
    customerId,
    method: {
      paymentMethodId,
      provider: 'sandbox',
      providerPaymentMethodId: 'pm_card_visa',
      type: 'card',
    },
    isDefault,
    personal,
  })
const moved = DefaultPaymentMethodSet({ customerId, paymentMethodId: mastercard, previousId: visa })

const rowsAfter = (...events: readonly DomainEvent[]) =>
  projectRows(
    paymentMethodProjection,
    events.map((event, index) => recorded(event, { position: BigInt(index + 1) })),
  )

describe('payment methods', () => {
  it('are shown as they were added', () =>
    expect([...rowsAfter(added(visa, true)).values()]).toEqual([
      {
        id: visa,
        organization_id: '00000000-0000-7000-8000-00000000000a',
        customer_id: customerId,
        provider: 'sandbox',
        provider_payment_method_id: 'pm_card_visa',
        type: 'card',
        is_default: true,
        details,
        created_at: '2026-06-01T00:00:00.000Z',
        updated_at: '2026-06-01T00:00:00.000Z',
      },
    ]))

  it.each([
    ['an older one', [added(visa, true), added(mastercard, false), moved]],
    ['one that is added as the default', [added(visa, true), added(mastercard, true), moved]],
  ])('have one default after it moved to %s', (_, events) => {
    const rows = rowsAfter(...events)
    expect([rows.get(visa)?.is_default, rows.get(mastercard)?.is_default]).toEqual([false, true])
  })

  it('get their first default later', () => {
    const first = DefaultPaymentMethodSet({ customerId, paymentMethodId: visa, previousId: null })
    expect(rowsAfter(added(visa, false), first).get(visa)?.is_default).toBe(true)
  })

  it('are gone once removed', () =>
    expect(rowsAfter(added(visa, false), PaymentMethodRemoved({ customerId, paymentMethodId: visa })).size).toBe(0))
})

describe('the payment methods of a person who was erased', () => {
  const erased = (...paymentMethodIds: string[]) => PaymentDetailsErased({ customerId, paymentMethodIds })

  it('stay without their details, also where an event says them in clear', () => {
    const rows = rowsAfter(added(visa, true), added(mastercard, false), erased(visa))
    expect(rows.get(visa)).toMatchObject({ provider_payment_method_id: 'pm_card_visa', is_default: true, details: {} })
    expect(rows.get(mastercard)?.details).toEqual(details)
  })

  it('have none when the key is gone before they are folded', () =>
    expect(rowsAfter(added(visa, true, null)).get(visa)?.details).toEqual({}))

  it('stay away when they were removed', () => {
    const removed = PaymentMethodRemoved({ customerId, paymentMethodId: visa })
    expect(rowsAfter(added(visa, false), removed, erased(visa)).size).toBe(0)
  })
})
