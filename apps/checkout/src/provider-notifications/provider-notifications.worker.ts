import { RecordPaymentOutcome } from '@billstream/checkout-contracts'
import {
  runTaking,
  type PlatformPorts,
  type WakeUp,
  type WorkItem,
  type Worker,
} from '@billstream/event-sourcing-runtime'
import { addSeconds, derivedId } from '@billstream/kernel'
import type { MessageBus } from '@billstream/messaging'
import type { PaymentProvider, ProviderNotification, RawNotification } from '@billstream/payment-providers-port'
import { afterMillis } from '../call-provider/follow-up'
import { outcomeCommand, outcomeOf, type CallCause } from '../call-provider/provider-call'

export const PROVIDER_NOTIFICATIONS = 'provider-notifications'
const AT_ONCE_MAX = 16
const LEASE_MS = 15_000
/** One that comes before its payment is tried again so often, at growing distances up to an hour: about a week. */
const EARLY_TRIES_MAX = 180
const EARLY_RETRY_MAX_S = 3_600

interface StoredNotification {
  readonly provider: string
  /** As it came. */
  readonly raw: RawNotification
  readonly notification: ProviderNotification
}

export type NotificationPorts = Pick<PlatformPorts, 'workQueue' | 'clock' | 'log'> & {
  readonly bus: MessageBus
  readonly paymentProviders: readonly PaymentProvider[]
}

/**
 * What providers tell by themselves: proved, stored as it came, taken once by its id, then applied. One that comes before its
 * payment waits for it. Source: domain.md, section 10.
 */
export class ProviderNotifications {
  constructor(private readonly ports: NotificationPorts) {}

  /** Listens to the providers that bring their notifications without HTTP. */
  receivers(wakeUp: WakeUp): Worker[] {
    return this.ports.paymentProviders.flatMap((provider) => {
      const { name, notifications } = provider
      if (!notifications) return []
      const run = async (signal: AbortSignal) => {
        for await (const raw of notifications.call(provider, signal)) {
          await this.receive(provider, raw)
          wakeUp.ring()
        }
      }
      return [{ name: `receive-notifications-${name}`, lease: false, run }]
    })
  }

  applier(wakeUp: WakeUp): Worker {
    const { workQueue, clock } = this.ports
    const taking = {
      name: PROVIDER_NOTIFICATIONS,
      concurrencyMax: AT_ONCE_MAX,
      take: (limit: number) => {
        const now = clock.now()
        return workQueue.take(PROVIDER_NOTIFICATIONS, now, afterMillis(now, LEASE_MS), limit)
      },
      nextAt: () => workQueue.nextAt(PROVIDER_NOTIFICATIONS),
      handle: (item: WorkItem) => this.apply(item),
    }
    return {
      name: 'apply-provider-notifications',
      lease: false,
      run: (signal) => runTaking(taking, { ...this.ports, wakeUp }, signal),
    }
  }

  /** Keeps a notification that is proved; another one is logged and dropped. */
  async receive(provider: PaymentProvider, raw: RawNotification): Promise<void> {
    const read = provider.readNotification(raw)
    if (!read.ok) {
      this.ports.log.warn({ provider: provider.name, code: read.error.code }, 'A notification was not believed.')
      return
    }
    const notification = read.value
    const cause = causeOf(notification)
    const payload: StoredNotification = { provider: provider.name, raw, notification }
    await this.ports.workQueue.add([
      {
        id: derivedId('provider-notification', provider.name, notification.id),
        queue: PROVIDER_NOTIFICATIONS,
        organizationId: cause.organizationId,
        correlationId: cause.correlationId,
        payload,
        notBefore: this.ports.clock.now(),
        tries: 0,
      },
    ])
  }

  async apply(item: WorkItem): Promise<void> {
    const { provider, notification } = item.payload as StoredNotification
    const { paymentId = '', attempt } = notification.metadata
    const { bus, clock, log, workQueue } = this.ports
    const about = { paymentId, attempt: Number(attempt), cause: causeOf(notification) }
    const command = outcomeCommand(about, outcomeOf(notification.answer), {
      actor: { type: 'webhook', id: provider },
      clock,
    })
    const reply = await bus.send(RecordPaymentOutcome, command)
    // Told before, or by the answer of the call: an outcome is final.
    if (reply.ok || reply.error.code === 'attempt_not_open') return workQueue.done([item.id])
    if (isEarly(reply.error.code) && item.tries < EARLY_TRIES_MAX) {
      return workQueue.later(item.id, addSeconds(clock.now(), Math.min(2 ** item.tries, EARLY_RETRY_MAX_S)))
    }
    log.error({ provider, notification: notification.id, code: reply.error.code }, 'A notification was given up.')
    await workQueue.done([item.id])
  }
}

function isEarly(code: string): boolean {
  return code === 'attempt_not_requested' || code === 'payment_not_found'
}

/** Written by `chargeRequestOf`, and signed by the provider since. */
function causeOf({ metadata }: ProviderNotification): CallCause {
  return JSON.parse(metadata['cause'] ?? '{}') as CallCause
}
