import type { UsageEvent } from '@billstream/event-sourcing-runtime'
import type { UsageEventView } from '@billstream/usage-contracts'

/** A stored event without what only the log needs. */
export function toEventView(event: UsageEvent): UsageEventView {
  const { id, transactionId, externalCustomerId, externalSubscriptionId, code, timestamp, properties, createdAt } =
    event
  return { id, transactionId, externalCustomerId, externalSubscriptionId, code, timestamp, properties, createdAt }
}
