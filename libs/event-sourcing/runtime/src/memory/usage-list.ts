import { compareInstants } from '@billstream/kernel'
import type { UsageEvent, UsageListFilter, UsageOrderColumn, UsagePageFilter } from '../ports/usage-log.port'
import { compareBytes } from './measure-metric'

const COMPARISONS: Readonly<Record<UsageOrderColumn, (a: UsageEvent, b: UsageEvent) => number>> = {
  created_at: (a, b) => compareInstants(a.createdAt, b.createdAt),
  id: (a, b) => compareBytes(a.id, b.id),
  transaction_id: (a, b) => compareBytes(a.transactionId, b.transactionId),
  external_customer_id: (a, b) => compareBytes(a.externalCustomerId, b.externalCustomerId),
  code: (a, b) => compareBytes(a.code, b.code),
  timestamp: (a, b) => compareInstants(a.timestamp, b.timestamp),
}

/** Filters, orders and cuts. Ties go by id in the direction of the order. */
export function listUsage(
  events: readonly UsageEvent[],
  filter: UsageListFilter,
): { events: UsageEvent[]; total: number } {
  const { column, direction } = filter.orderBy ?? { column: 'created_at', direction: 'desc' }
  const matching = events.filter((event) => matches(event, filter))
  const ascending = matching.sort((a, b) => COMPARISONS[column](a, b) || compareBytes(a.id, b.id))
  const ordered = direction === 'asc' ? ascending : ascending.reverse()
  return { events: ordered.slice(filter.skip, filter.skip + filter.limit), total: matching.length }
}

/** The next events after one id. */
export function pageOfUsage(events: readonly UsageEvent[], filter: UsagePageFilter): UsageEvent[] {
  const { after = '', from, to, limit } = filter
  return events
    .filter((event) => matches(event, { ...filter, skip: 0 }) && compareBytes(event.id, after) > 0)
    .filter(({ timestamp }) => from === undefined || compareInstants(from, timestamp) <= 0)
    .filter(({ timestamp }) => to === undefined || compareInstants(timestamp, to) < 0)
    .sort((a, b) => compareBytes(a.id, b.id))
    .slice(0, limit)
}

function matches(event: UsageEvent, filter: UsageListFilter): boolean {
  return (
    (filter.externalCustomerId === undefined || event.externalCustomerId === filter.externalCustomerId) &&
    (filter.code === undefined || event.code === filter.code) &&
    (filter.fromTimestamp === undefined || compareInstants(filter.fromTimestamp, event.timestamp) <= 0) &&
    (filter.toTimestamp === undefined || compareInstants(event.timestamp, filter.toTimestamp) <= 0)
  )
}
