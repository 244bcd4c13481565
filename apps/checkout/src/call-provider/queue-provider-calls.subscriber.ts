import { attemptKeyOf, PaymentRequested } from '@billstream/checkout-contracts'
import { isEvent, type RecordedEvent } from '@billstream/event-sourcing-core'
import type { EventSubscriber, PlatformPorts, WakeUp, WorkItem } from '@billstream/event-sourcing-runtime'
import type { Instant } from '@billstream/kernel'
import { providerCallOf } from './provider-call'

export const PROVIDER_CALLS = 'provider-calls'

/** Puts each requested payment into the queue of provider calls; the item's id is the attempt's key, so a repeat adds nothing. */
export function queueProviderCalls(ports: Pick<PlatformPorts, 'workQueue' | 'clock'>, wakeUp: WakeUp): EventSubscriber {
  return {
    name: 'queue-provider-calls',
    types: [PaymentRequested.type],
    handle: async (events) => {
      const now = ports.clock.now()
      await ports.workQueue.add(events.flatMap((event) => itemOf(event, now)))
      wakeUp.ring()
    },
  }
}

/** Due by the clock that workers go by: the store's own may be ahead of it. */
function itemOf(event: RecordedEvent, now: Instant): WorkItem[] {
  if (!isEvent(PaymentRequested, event)) return []
  const { paymentId, attempt } = event.data
  return [
    {
      id: attemptKeyOf(paymentId, attempt),
      queue: PROVIDER_CALLS,
      organizationId: event.metadata.organizationId,
      correlationId: event.metadata.correlationId,
      payload: providerCallOf(event),
      notBefore: now,
      tries: 0,
    },
  ]
}
