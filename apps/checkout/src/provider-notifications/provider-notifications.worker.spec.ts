import type { WorkItem } from '@billstream/event-sourcing-runtime'
import type { RawNotification } from '@billstream/payment-providers-port'
import { SandboxProvider } from '@billstream/payment-providers-sandbox'
import { checkoutInMemory } from '../../test/checkout-in-memory'
import { chargeRequestOf, providerCallOf } from '../call-provider/provider-call'
import { PROVIDER_NOTIFICATIONS, ProviderNotifications } from './provider-notifications.worker'

type Checkout = ReturnType<typeof checkoutInMemory>

/** Charges a card at the sandbox behind the worker's back, and gives what the sandbox notifies. */
async function notified(checkout: Checkout, token: string): Promise<{ paymentId: string; raw: RawNotification }> {
  const { event, paymentId } = await checkout.requested(token)
  await checkout.sandbox.charge(chargeRequestOf(providerCallOf(event as Parameters<typeof providerCallOf>[0])))
  const stop = new AbortController()
  for await (const raw of checkout.sandbox.notifications(stop.signal)) return { paymentId, raw }
  throw new Error('Nothing was notified.')
}

async function take({ ports }: Checkout): Promise<WorkItem[]> {
  const now = ports.clock.now()
  return ports.workQueue.take(PROVIDER_NOTIFICATIONS, now, now, 10)
}

async function applyAll(checkout: Checkout): Promise<void> {
  for (const item of await take(checkout)) await new ProviderNotifications(checkout.ports).apply(item)
}

describe('a notification', () => {
  it.each([
    ['pm_card_async_success', 'PaymentSucceeded'],
    ['pm_card_async_failure', 'PaymentFailed'],
  ])('of %s is applied: %s', async (token, outcome) => {
    const checkout = checkoutInMemory()
    const { paymentId, raw } = await notified(checkout, token)
    await new ProviderNotifications(checkout.ports).receive(checkout.sandbox, raw)
    await applyAll(checkout)
    expect(await checkout.outcomes(paymentId)).toMatchObject([
      { type: outcome, metadata: { actor: { type: 'webhook', id: 'sandbox' } } },
    ])
  })

  it('that comes twice is taken once, also after it was applied', async () => {
    const checkout = checkoutInMemory()
    const { paymentId, raw } = await notified(checkout, 'pm_card_duplicate_notification')
    const notifications = new ProviderNotifications(checkout.ports)
    await notifications.receive(checkout.sandbox, raw)
    await notifications.receive(checkout.sandbox, raw)
    expect(await checkout.ports.workQueue.count(PROVIDER_NOTIFICATIONS)).toBe(1)
    await applyAll(checkout)
    await notifications.receive(checkout.sandbox, raw)
    expect(await checkout.ports.workQueue.count(PROVIDER_NOTIFICATIONS)).toBe(0)
    expect(await checkout.outcomes(paymentId)).toHaveLength(1)
  })

  it('is kept as it came', async () => {
    const checkout = checkoutInMemory()
    const { raw } = await notified(checkout, 'pm_card_async_success')
    await new ProviderNotifications(checkout.ports).receive(checkout.sandbox, raw)
    expect(await take(checkout)).toMatchObject([{ payload: { provider: 'sandbox', raw } }])
  })

  it('that nobody signed is dropped', async () => {
    const checkout = checkoutInMemory()
    const { raw } = await notified(checkout, 'pm_card_async_success')
    const forger = new SandboxProvider({ ...checkout, signingSecret: 'another secret' })
    await new ProviderNotifications(checkout.ports).receive(forger, raw)
    expect(await checkout.ports.workQueue.count(PROVIDER_NOTIFICATIONS)).toBe(0)
    expect(checkout.logged).toContain('A notification was not believed.')
  })

  it('that differs from what was recorded changes nothing', async () => {
    const checkout = checkoutInMemory()
    const { paymentId, raw } = await notified(checkout, 'pm_card_async_success')
    await new ProviderNotifications(checkout.ports).receive(checkout.sandbox, raw)
    await applyAll(checkout)
    const failed = { id: 'later', answer: { kind: 'failed', providerPaymentId: null, reason: 'fraud' } as const }
    const read = checkout.sandbox.readNotification(raw)
    const contradicting = {
      ...checkout.sandbox,
      name: 'sandbox',
      readNotification: () => (read.ok ? { ...read, value: { ...read.value, ...failed } } : read),
    } as unknown as SandboxProvider
    await new ProviderNotifications(checkout.ports).receive(contradicting, raw)
    await applyAll(checkout)
    expect(await checkout.outcomes(paymentId)).toMatchObject([{ type: 'PaymentSucceeded' }])
    expect(await checkout.ports.workQueue.count(PROVIDER_NOTIFICATIONS)).toBe(0)
  })
})

describe('a notification that comes before its attempt', () => {
  const early = async (checkout: Checkout) => {
    const { event, paymentId } = await checkout.requested('pm_card_duplicate_notification')
    const call = providerCallOf(event as Parameters<typeof providerCallOf>[0])
    const next = { ...call, attempt: 2 }
    await checkout.sandbox.charge(chargeRequestOf(next))
    const stop = new AbortController()
    for await (const raw of checkout.sandbox.notifications(stop.signal)) {
      await new ProviderNotifications(checkout.ports).receive(checkout.sandbox, raw)
      break
    }
    return paymentId
  }

  it('waits at growing distances, and is applied when the attempt is there', async () => {
    const checkout = checkoutInMemory()
    const paymentId = await early(checkout)
    await applyAll(checkout)
    expect(await checkout.outcomes(paymentId)).toEqual([])
    expect(await checkout.ports.workQueue.nextAt(PROVIDER_NOTIFICATIONS)).toBe('2026-06-01T00:00:01.000Z')
    checkout.clock.advance(1)
    await applyAll(checkout)
    expect(await checkout.ports.workQueue.nextAt(PROVIDER_NOTIFICATIONS)).toBe('2026-06-01T00:00:03.000Z')
    expect(await checkout.ports.workQueue.count(PROVIDER_NOTIFICATIONS)).toBe(1)
  })

  it('is given up after about a week, and said so', async () => {
    const checkout = checkoutInMemory()
    await early(checkout)
    const [item] = await take(checkout)
    if (item) await new ProviderNotifications(checkout.ports).apply({ ...item, tries: 180 })
    expect(await checkout.ports.workQueue.count(PROVIDER_NOTIFICATIONS)).toBe(0)
    expect(checkout.logged).toContain('A notification was given up.')
  })
})

describe('a notification that comes before its payment', () => {
  it('is applied when the payment has been requested', async () => {
    const [known, other] = [checkoutInMemory(), checkoutInMemory()]
    const { paymentId, raw } = await notified(known, 'pm_card_async_success')
    await new ProviderNotifications(other.ports).receive(other.sandbox, raw)
    await applyAll(other)
    expect(await other.outcomes(paymentId)).toEqual([])
    expect(await other.ports.workQueue.count(PROVIDER_NOTIFICATIONS)).toBe(1)
    await other.requested('pm_card_async_success')
    other.clock.advance(1)
    await applyAll(other)
    expect(await other.outcomes(paymentId)).toMatchObject([{ type: 'PaymentSucceeded' }])
  })
})
