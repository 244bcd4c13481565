import { organizationView } from '@billstream/accounts-read-model'
import {
  attemptKeyOf,
  checkoutEvents,
  OpenPayment,
  paymentIdOf,
  RequestPayment,
  type ChargedMethod,
} from '@billstream/checkout-contracts'
import { paymentDecider } from '@billstream/checkout-domain'
import { EventRegistry, type Command, type RecordedEvent } from '@billstream/event-sourcing-core'
import { testMetadata } from '@billstream/event-sourcing-core/testing'
import {
  aggregate,
  CommandHandling,
  createMemoryPorts,
  MemoryEventStore,
  WakeUp,
  type CrossTenantViewReader,
  type PlatformPorts,
} from '@billstream/event-sourcing-runtime'
import { derivedId, epochMillis, instantOfMillis, ok, type Instant } from '@billstream/kernel'
import type { MessageBus } from '@billstream/messaging'
import type { PaymentProvider } from '@billstream/payment-providers-port'
import { MemorySandboxCharges, SandboxProvider } from '@billstream/payment-providers-sandbox'
import { fixedClock } from '@billstream/testing'
import { ProviderCalls } from '../src/call-provider/provider-calls.worker'
import { PROVIDER_CALLS, queueProviderCalls } from '../src/call-provider/queue-provider-calls.subscriber'
import { ProviderNotifications } from '../src/provider-notifications/provider-notifications.worker'

export const organizationId = testMetadata().organizationId
const customerId = derivedId('checkout-in-memory', 'customer')
const LOOKS_MAX = 20_000
/** Several sleep at once: each tick is so short that no lease lapses under whoever is at work. */
const TICK_MAX_MS = 50

/** Real time that passes only while somebody sleeps. */
export function virtualTime(start: Instant = '2026-06-01T00:00:00.000Z') {
  const clock = fixedClock(start)
  const pass = (ms: number) => clock.moveTo(instantOfMillis(epochMillis(clock.now()) + ms))
  const sleeper = {
    sleep: (ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve) => {
        const end = () => {
          signal?.removeEventListener('abort', end)
          resolve()
        }
        signal?.addEventListener('abort', end)
        setImmediate(() => {
          if (!signal?.aborted) pass(Math.min(ms, TICK_MAX_MS))
          end()
        })
      }),
  }
  return { clock, sleeper, pass }
}

/** Looks until it is so; a bound instead of a time. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    if (await isSo()) return
    await new Promise(setImmediate)
  }
  throw new Error('It never came to be so.')
}

type Ports = Pick<PlatformPorts, 'workQueue' | 'viewsAnywhere' | 'clock' | 'sleeper' | 'log'> & {
  bus: MessageBus
  paymentProviders: readonly PaymentProvider[]
}

/** Payments with their real decider on a store in memory, the sandbox, and time that passes only while somebody sleeps. */
export function checkoutInMemory({ test = true }: { test?: boolean } = {}) {
  const time = virtualTime()
  const memory = createMemoryPorts()
  const eventStore = new MemoryEventStore(time.clock)
  const logged: string[] = []
  const write = (_fields: object, message: string) => void logged.push(message)
  const log = { info: write, warn: write, error: write }
  const events = new EventRegistry(checkoutEvents)
  const handling = new CommandHandling(
    { ...memory, events, eventStore, log, clock: time.clock } as unknown as PlatformPorts,
    [aggregate(paymentDecider, { OpenPayment: async () => ok({ method: methodOf(token) }) })],
  )
  const sent: Command[] = []
  let payments = 0
  let token = ''
  const bus = {
    send: (_definition: unknown, command: Command) => {
      sent.push(command)
      return handling.handle(command)
    },
  } as unknown as MessageBus
  const charges = new MemorySandboxCharges()
  const sandbox = new SandboxProvider({ charges, ...time, signingSecret: 'of this spec' })
  const ports: Ports = {
    ...memory,
    ...time,
    log,
    bus,
    paymentProviders: [sandbox],
    viewsAnywhere: organizationsOnly({ test }),
  }
  const subscriber = queueProviderCalls(ports, new WakeUp(time.sleeper))

  async function history(paymentId: string): Promise<RecordedEvent[]> {
    const recorded: RecordedEvent[] = []
    for await (const event of eventStore.read(`payment-${paymentId}`)) recorded.push(event)
    return recorded
  }

  /** A payment whose first attempt the invoice has handed out, not yet in the queue. */
  async function requested(methodToken: string, on: { clockId?: string; now?: Instant } = {}) {
    const invoiceId = derivedId('checkout-in-memory', 'invoice', (payments += 1))
    const paymentId = paymentIdOf(invoiceId)
    const metadata = testMetadata({ now: time.clock.now(), ...on })
    token = methodToken
    await handling.handle(
      OpenPayment(
        { paymentId, invoiceId, customerId, amount: '9090', currency: 'USD' },
        { ...metadata, commandId: derivedId('open', paymentId) },
      ),
    )
    const request = { ...metadata, commandId: derivedId('request', paymentId) }
    await handling.handle(RequestPayment({ paymentId, attempt: 1, amount: '9090' }, request))
    const event = (await history(paymentId)).at(-1)
    if (!event) throw new Error('The payment was not requested.')
    return { paymentId, event, key: attemptKeyOf(paymentId, 1) }
  }

  async function queued(token: string, on: { clockId?: string; now?: Instant } = {}) {
    const payment = await requested(token, on)
    await subscriber.handle([payment.event])
    return payment
  }

  /** Runs the workers until it is so. */
  async function runUntil(isSo: () => boolean | Promise<boolean>, using: Ports = ports): Promise<void> {
    const stop = new AbortController()
    const wakeUp = new WakeUp(time.sleeper)
    const notifications = new ProviderNotifications(using)
    const workers = [
      new ProviderCalls(using).worker(wakeUp),
      ...notifications.receivers(wakeUp),
      notifications.applier(wakeUp),
    ]
    const running = workers.map((worker) => worker.run(stop.signal))
    try {
      await until(isSo)
    } finally {
      stop.abort()
      await Promise.all(running)
    }
  }

  return {
    ...time,
    ports,
    charges,
    sandbox,
    sent,
    logged,
    subscriber,
    requested,
    queued,
    runUntil,
    history,
    handle: (command: Command) => handling.handle(command),
    outcomes: async (paymentId: string) => (await history(paymentId)).slice(2),
    callsWaiting: () => memory.workQueue.count(PROVIDER_CALLS),
    done: async () => (await memory.workQueue.count(PROVIDER_CALLS)) === 0,
    chargesMade: async () => (await charges.list(organizationId, 100)).length,
  }
}

function methodOf(token: string): ChargedMethod {
  return {
    paymentMethodId: derivedId('checkout-in-memory', 'method', token),
    provider: 'sandbox',
    providerPaymentMethodId: token,
  }
}

function organizationsOnly(row: { test: boolean }): CrossTenantViewReader {
  return {
    getAnywhere: async (view: unknown, id: string) => (view === organizationView ? { ...row, id } : undefined),
  } as unknown as CrossTenantViewReader
}
