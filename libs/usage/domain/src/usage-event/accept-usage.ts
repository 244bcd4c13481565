import { ok, type Instant, type Result } from '@billstream/kernel'
import type { IngestEvent } from '@billstream/usage-contracts'
import { canonicalJson } from './canonical-json'
import { meteredValue, type MeteredMetric, type MeteredRefusal } from './metered-value'
import { readProperties } from './read-properties'
import { usageEventId } from './usage-event-id'
import { usageTimestamp, type TimestampRefusal } from './usage-timestamp'

export { latestTimestamp } from './usage-timestamp'
export type { MeteredMetric } from './metered-value'

export type UsageRefusal = TimestampRefusal | MeteredRefusal | 'invalid_properties'

/** A usage event that can be stored, with what its metric reads from it. */
export interface AcceptedUsage extends IngestEvent {
  readonly id: string
  readonly value: string | null
  readonly distinct: string | null
  readonly contentHash: string
}

export interface UsageTerms {
  readonly organizationId: string
  readonly metric: MeteredMetric
  /** From `latestTimestamp`. */
  readonly latest: Instant
  /** SHA-256 of UTF-8, in hex. */
  readonly sha256: (text: string) => string
}

/**
 * Checks one event by the rules of its metric. Errors: those of its timestamp, its properties and the metric's field, each with
 * the field. Two events of one transaction id are the same when their content hashes are. Source: domain.md, section 5.
 */
export function acceptUsage(event: IngestEvent, terms: UsageTerms): Result<AcceptedUsage, UsageRefusal> {
  const timestamp = usageTimestamp(event.timestamp, terms.latest)
  if (!timestamp.ok) return timestamp
  const properties = readProperties(event.properties)
  if (!properties.ok) return properties
  const read = meteredValue(terms.metric, properties.value)
  if (!read.ok) return read
  const contentHash = terms.sha256(contentOf(terms.organizationId, event, timestamp.value, properties.value))
  return ok({
    id: usageEventId(event.createdAt, contentHash),
    transactionId: event.transactionId,
    externalCustomerId: event.externalCustomerId,
    externalSubscriptionId: event.externalSubscriptionId,
    code: event.code,
    timestamp: timestamp.value,
    properties: event.properties,
    value: read.value.value,
    distinct: read.value.distinct,
    contentHash,
    createdAt: event.createdAt,
  })
}

/** What makes two events the same. The transaction id is in it so that ids that follow from the hash differ too. */
function contentOf(organizationId: string, event: IngestEvent, timestamp: Instant, properties: unknown): string {
  const { transactionId, code, externalCustomerId, externalSubscriptionId } = event
  const head = [organizationId, transactionId, code, externalCustomerId, externalSubscriptionId, timestamp]
  return `${JSON.stringify(head)}${canonicalJson(properties)}`
}
