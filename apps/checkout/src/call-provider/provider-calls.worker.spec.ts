import { FAILURE_REASONS } from '@billstream/checkout-contracts'
import {
  DECLINE_REASONS,
  ProviderUnavailable,
  type ChargeAnswer,
  type PaymentProvider,
} from '@billstream/payment-providers-port'
import type { MessageBus } from '@billstream/messaging'
import type { WorkItem } from '@billstream/event-sourcing-runtime'
import { epochMillis } from '@billstream/kernel'
import { checkoutInMemory, organizationId, until } from '../../test/checkout-in-memory'
import { ProviderCalls, type ProviderCallPorts } from './provider-calls.worker'
import { PROVIDER_CALLS } from './queue-provider-calls.subscriber'

const clockId = '00000000-0000-4000-8000-0000000000cc'
const monthsAgo = '2023-12-01T00:00:00.000Z'
const running = () => new AbortController().signal

/** A provider that answers as told; the rest is the sandbox's. */
function provider(answers: Partial<Pick<PaymentProvider, 'charge' | 'find'>>): PaymentProvider {
  return {
    name: 'sandbox',
    isKnownToken: () => true,
    charge: () => Promise.reject(new Error('Nobody expected a charge.')),
    find: async () => undefined,
    readNotification: () => {
      throw new Error('Nobody expected a notification.')
    },
    ...answers,
  }
}

async function take(ports: ProviderCallPorts): Promise<WorkItem> {
  const [item] = await ports.workQueue.take(PROVIDER_CALLS, ports.clock.now(), ports.clock.now(), 1)
  if (!item) throw new Error('Nothing is due.')
  return item
}

describe('the reasons of a provider', () => {
  it('are those of a payment', () => expect([...DECLINE_REASONS]).toEqual([...FAILURE_REASONS]))
})

describe.each([
  ['real time', {}],
  ['a test clock', { clockId, now: monthsAgo }],
])('a requested payment on %s', (_, on) => {
  it('succeeds with one charge', async () => {
    const checkout = checkoutInMemory()
    const { paymentId, key } = await checkout.queued('pm_card_visa', on)
    await checkout.runUntil(checkout.done)
    expect(await checkout.outcomes(paymentId)).toMatchObject([
      { type: 'PaymentSucceeded', data: { attempt: 1, amount: '9090', currency: 'USD' } },
    ])
    expect(await checkout.charges.find(key)).toMatchObject({ amount: 9090n, currency: 'USD', organizationId })
  })

  it.each(FAILURE_REASONS)('fails with %s', async (reason) => {
    const checkout = checkoutInMemory()
    const { paymentId } = await checkout.queued(`pm_card_declined_${reason}`, on)
    await checkout.runUntil(checkout.done)
    expect(await checkout.outcomes(paymentId)).toMatchObject([{ type: 'PaymentFailed', data: { reason } }])
  })

  it('fails when the card asks for a customer who is not there', async () => {
    const checkout = checkoutInMemory()
    const { paymentId } = await checkout.queued('pm_card_3ds', on)
    await checkout.runUntil(checkout.done)
    expect(await checkout.outcomes(paymentId)).toMatchObject([
      { type: 'PaymentFailed', data: { reason: 'authentication_required' } },
    ])
  })

  it('succeeds once when the answer was lost: the charge is found by its key', async () => {
    const checkout = checkoutInMemory()
    const { paymentId } = await checkout.queued('pm_card_lost_answer', on)
    await checkout.runUntil(checkout.done)
    expect(await checkout.outcomes(paymentId)).toMatchObject([{ type: 'PaymentSucceeded' }])
    expect(await checkout.chargesMade()).toBe(1)
  })

  it('succeeds after a slow answer', async () => {
    const checkout = checkoutInMemory()
    const { paymentId } = await checkout.queued('pm_card_slow', on)
    await checkout.runUntil(checkout.done)
    expect(await checkout.outcomes(paymentId)).toMatchObject([{ type: 'PaymentSucceeded' }])
    expect(await checkout.chargesMade()).toBe(1)
  })

  it.each([
    ['pm_card_async_success', 'PaymentSucceeded'],
    ['pm_card_async_failure', 'PaymentFailed'],
  ])('%s: the provider works on it, then %s, once', async (token, outcome) => {
    const checkout = checkoutInMemory()
    const { paymentId } = await checkout.queued(token, on)
    await checkout.runUntil(async () => (await checkout.done()) && (await checkout.outcomes(paymentId)).length === 2)
    expect(await checkout.outcomes(paymentId)).toMatchObject([{ type: 'PaymentProcessing' }, { type: outcome }])
    expect(await checkout.chargesMade()).toBe(1)
  })

  it('has one outcome when the provider notifies it twice', async () => {
    const checkout = checkoutInMemory()
    const { paymentId } = await checkout.queued('pm_card_duplicate_notification', on)
    await checkout.runUntil(async () => (await checkout.done()) && checkout.sent.length >= 2)
    expect(await checkout.outcomes(paymentId)).toMatchObject([{ type: 'PaymentSucceeded' }])
    expect(new Set(checkout.sent.map(({ metadata }) => metadata.commandId)).size).toBe(1)
  })
})

describe('a payment on a test clock', () => {
  it('is completed at the instant of the clock', async () => {
    const checkout = checkoutInMemory()
    const { paymentId } = await checkout.queued('pm_card_async_success', { clockId, now: monthsAgo })
    await checkout.runUntil(checkout.done)
    expect((await checkout.outcomes(paymentId)).at(-1)).toMatchObject({
      data: { completedAt: monthsAgo },
      metadata: { occurredAt: monthsAgo, clockId },
    })
  })

  it('is asked for soon again, and then at longer intervals, while its outcome is not known: a step waits for it', async () => {
    const checkout = checkoutInMemory()
    const processing: ChargeAnswer = { kind: 'processing', providerPaymentId: 'ch_1' }
    const stuck = provider({ charge: async () => processing, find: async () => processing })
    await checkout.queued('pm_card_visa', { clockId, now: monthsAgo })
    const ports = { ...checkout.ports, paymentProviders: [stuck] }
    const pauses: number[] = []
    for (let asked = 0; asked < 8; asked += 1) {
      checkout.clock.moveTo((await ports.workQueue.nextAt(PROVIDER_CALLS)) ?? '')
      const begun = epochMillis(checkout.clock.now())
      await new ProviderCalls(ports).handle(await take(ports), running())
      expect(epochMillis(checkout.clock.now()) - begun).toBe(5_000)
      const next = await ports.workQueue.nextAt(PROVIDER_CALLS)
      pauses.push((epochMillis(next ?? '') - epochMillis(checkout.clock.now())) / 1_000)
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60])
  })
})

describe('an outcome that stays open', () => {
  it('is asked for after 10 s, 15 minutes, then hourly, and charged once', async () => {
    const checkout = checkoutInMemory()
    let charged = 0
    const processing: ChargeAnswer = { kind: 'processing', providerPaymentId: 'ch_1' }
    const charge = async () => {
      charged += 1
      return processing
    }
    const ports = { ...checkout.ports, paymentProviders: [provider({ charge, find: async () => processing })] }
    const { paymentId } = await checkout.queued('pm_card_visa')
    const askedAt: string[] = []
    for (let asked = 0; asked < 5; asked += 1) {
      checkout.clock.moveTo((await ports.workQueue.nextAt(PROVIDER_CALLS)) ?? '')
      askedAt.push(checkout.clock.now())
      await new ProviderCalls(ports).handle(await take(ports), running())
    }
    expect(askedAt.map((instant) => instant.slice(11, 19))).toEqual([
      '00:00:00',
      '00:00:10',
      '00:15:10',
      '01:15:10',
      '02:15:10',
    ])
    expect(charged).toBe(1)
    expect(await checkout.outcomes(paymentId)).toMatchObject([{ type: 'PaymentProcessing' }])
  })

  it('is charged again under the same key when the charge never arrived', async () => {
    const checkout = checkoutInMemory()
    const { paymentId, key } = await checkout.queued('pm_card_visa')
    const away = { ...checkout.ports, paymentProviders: [provider({ charge: unavailable, find: unavailable })] }
    await new ProviderCalls(away).handle(await take(away), running())
    expect(await checkout.outcomes(paymentId)).toEqual([])
    await checkout.runUntil(checkout.done)
    expect(await checkout.outcomes(paymentId)).toMatchObject([{ type: 'PaymentSucceeded' }])
    expect(await checkout.charges.find(key)).toBeDefined()
  })

  it('is asked for again when its adapter throws what nobody expects', async () => {
    const checkout = checkoutInMemory()
    await checkout.queued('pm_card_visa')
    const ports = { ...checkout.ports, paymentProviders: [provider({})] }
    await new ProviderCalls(ports).handle(await take(ports), running())
    expect(await ports.workQueue.nextAt(PROVIDER_CALLS)).toBe('2026-06-01T00:00:10.000Z')
    expect(checkout.logged).toContain('A provider call failed.')
  })
})

async function unavailable(): Promise<never> {
  throw new ProviderUnavailable('away')
}

describe('a crash', () => {
  const dead = new Promise<never>(() => undefined)

  it('between the charge and its record: the charge is found, and not made again', async () => {
    const checkout = checkoutInMemory()
    const { paymentId } = await checkout.queued('pm_card_visa')
    const silent = { send: () => dead } as unknown as MessageBus
    void new ProviderCalls({ ...checkout.ports, bus: silent }).handle(await take(checkout.ports), running())
    await until(async () => (await checkout.chargesMade()) === 1)
    let charged = 0
    const counting = provider({
      find: (key) => checkout.sandbox.find(key),
      charge: (request) => {
        charged += 1
        return checkout.sandbox.charge(request)
      },
    })
    await checkout.runUntil(checkout.done, { ...checkout.ports, paymentProviders: [counting] })
    expect(await checkout.outcomes(paymentId)).toMatchObject([{ type: 'PaymentSucceeded' }])
    expect(charged).toBe(0)
  })

  it('before the charge: it is asked for, and then made once', async () => {
    const checkout = checkoutInMemory()
    const { paymentId } = await checkout.queued('pm_card_visa')
    const ports = { ...checkout.ports, paymentProviders: [provider({ charge: () => dead })] }
    void new ProviderCalls(ports).handle(await take(ports), running())
    await until(async () => (await ports.workQueue.nextAt(PROVIDER_CALLS)) !== '2026-06-01T00:00:00.000Z')
    await checkout.runUntil(checkout.done)
    expect(await checkout.outcomes(paymentId)).toMatchObject([{ type: 'PaymentSucceeded' }])
    expect(await checkout.chargesMade()).toBe(1)
  })

  it('after the record: the outcome is final, and the item is done', async () => {
    const checkout = checkoutInMemory()
    const { paymentId } = await checkout.queued('pm_card_visa')
    const item = await take(checkout.ports)
    const calls = new ProviderCalls(checkout.ports)
    await calls.handle(item, running())
    await calls.handle({ ...item, tries: 1 }, running())
    expect(await checkout.outcomes(paymentId)).toMatchObject([{ type: 'PaymentSucceeded' }])
    expect(await checkout.callsWaiting()).toBe(0)
  })
})

describe('a worker that is stopped in the middle of a call', () => {
  it('leaves it to whoever starts next, at once', async () => {
    const checkout = checkoutInMemory()
    await checkout.queued('pm_card_visa')
    const stop = new AbortController()
    const slow = provider({
      charge: (_request, signal) =>
        new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error))),
    })
    const ports = { ...checkout.ports, paymentProviders: [slow] }
    const handled = new ProviderCalls(ports).handle(await take(ports), stop.signal)
    await new Promise(setImmediate)
    stop.abort()
    await handled
    expect(await ports.workQueue.nextAt(PROVIDER_CALLS)).toBe(checkout.clock.now())
  })
})

describe('a live organization', () => {
  it('is not charged by the sandbox', async () => {
    const checkout = checkoutInMemory({ test: false })
    const { paymentId } = await checkout.queued('pm_card_visa')
    await new ProviderCalls(checkout.ports).handle(await take(checkout.ports), running())
    expect(await checkout.outcomes(paymentId)).toEqual([])
    expect(await checkout.chargesMade()).toBe(0)
  })
})

describe('the queue of provider calls', () => {
  it('gets each attempt once, whatever is delivered again', async () => {
    const checkout = checkoutInMemory()
    const [first, second] = [await checkout.requested('pm_card_visa'), await checkout.requested('pm_card_slow')]
    await checkout.subscriber.handle([first.event, second.event])
    await checkout.subscriber.handle([second.event, first.event])
    expect(await checkout.callsWaiting()).toBe(2)
    await checkout.runUntil(checkout.done)
    await checkout.subscriber.handle([first.event])
    expect(await checkout.callsWaiting()).toBe(0)
  })

  it('takes nothing from other events', async () => {
    const checkout = checkoutInMemory()
    const { paymentId } = await checkout.requested('pm_card_visa')
    const [opened] = await checkout.history(paymentId)
    await checkout.subscriber.handle(opened ? [opened] : [])
    expect(await checkout.callsWaiting()).toBe(0)
  })
})
