import type { UsageEvent } from '@billstream/event-sourcing-runtime'
import type { Statement } from '../database/statement-group'
import { digestSql, seriesIdOf } from './series-id'

/** An event with the request that brought it. */
export interface IncomingEvent {
  readonly event: UsageEvent
  readonly requestId: string
}

export interface IngestRow {
  readonly created: string
  /** null when every event was created. */
  readonly created_ids: string[] | null
  readonly periods_changed: boolean
}

const isLater = `h.latest_at is null or (excluded.latest_at, excluded.latest_id) > (h.latest_at, h.latest_id)`
const laterOf = (column: string) => `${column} = case when ${isLater} then excluded.${column} else h.${column} end`
/** Of the value of the greatest (timestamp, transaction id). */
export const ofLatest = (column: string) =>
  `(array_agg(${column} order by "timestamp" desc, transaction_id desc) filter (where value is not null))[1]`

/**
 * Everything that follows from new events in one statement: rows, meters, aggregates, changed periods. Each kind of row is
 * written in the order of its key, and the kinds in one order, so that two batches never wait for each other. Aggregates grow
 * by what was inserted, never by what was sent. The customers' locks are held already: what is measured meanwhile is measured
 * before or after, and a period that was measured before is seen here.
 */
const INGEST = `
  with input as (
    select * from unnest(
      $2::text[], $3::uuid[], $4::uuid[], $5::timestamptz[], $6::timestamptz[], $7::numeric[], $8::text[], $9::text[],
      $10::text[], $11::text[]
    ) as i(transaction_id, id, series, "timestamp", created_at, value, distinct_value, content_hash, request_id, properties)
  ),
  meters as (
    select * from unnest($12::uuid[], $13::text[], $14::text[], $15::text[]) as m(series, customer, subscription, code)
  ),
  drawn as materialized (select nextval('usage.ingestion') as ingestion),
  inserted as (
    insert into usage.event (organization_id, transaction_id, id, series, "timestamp", created_at, ingestion, value,
                             distinct_value, content_hash, request_id, properties)
    select $1::uuid, transaction_id, id, series, "timestamp", created_at, (select ingestion from drawn), value,
           distinct_value, decode(content_hash, 'hex'), request_id, properties
      from input order by transaction_id collate "C"
    on conflict (organization_id, transaction_id) do nothing
    returning transaction_id, series, "timestamp", value, distinct_value
  ),
  new_meters as (
    insert into usage.series (id, organization_id, external_customer_id, external_subscription_id, code)
    select series, $1::uuid, customer, subscription, code from meters order by series
    on conflict (id) do nothing
  ),
  hours as (
    insert into usage.hourly as h (organization_id, series, hour, events_count, sum, max, latest_at, latest_id, latest)
    select $1::uuid, series, date_trunc('hour', "timestamp", 'UTC') as hour, count(*), coalesce(sum(value), 0), max(value),
           max("timestamp") filter (where value is not null), ${ofLatest('transaction_id')}, ${ofLatest('value')}
      from inserted group by series, hour order by series, hour
    on conflict (series, hour) do update set
      events_count = h.events_count + excluded.events_count, sum = h.sum + excluded.sum,
      max = greatest(h.max, excluded.max), ${['latest_at', 'latest_id', 'latest'].map(laterOf).join(', ')}
  ),
  distinct_hours as (
    insert into usage.hourly_distinct (organization_id, series, hour, digest)
    select distinct $1::uuid, series, date_trunc('hour', "timestamp", 'UTC'), ${digestSql('distinct_value')}
      from inserted where distinct_value is not null order by 2, 3, 4
    on conflict (series, hour, digest) do nothing
    returning series, hour, digest
  ),
  distinct_days as (
    insert into usage.daily_distinct (organization_id, series, day, digest)
    select distinct $1::uuid, series, date_trunc('day', hour, 'UTC'), digest from distinct_hours order by 2, 3, 4
    on conflict (series, day, digest) do nothing
  ),
  late as (select customer, subscription, code, "timestamp" from inserted join meters using (series)),
  touched as (select customer, min("timestamp") as first, max("timestamp") as last from late group by customer),
  changed as (
    update usage.measured_period set change = change + 1
     where organization_id = $1::uuid and invoice_id in (
       select p.invoice_id
         from usage.measured_period p join touched t
           on p.external_customer_id = t.customer and p.period_to > t.first and p.period_from <= t.last
        where p.organization_id = $1::uuid and p.change = p.measured_change and exists (
          select from late e
           where e.customer = p.external_customer_id and e.subscription in ('', p.external_subscription_id)
             and e.code = any(p.codes) and e."timestamp" >= p.period_from and e."timestamp" < p.period_to)
        order by p.invoice_id for update of p)
    returning 1
  )
  select count(*) as created, exists (select from changed) as periods_changed,
         case when count(*) < cardinality($2::text[]) then coalesce(array_agg(transaction_id), '{}') end as created_ids
    from inserted`

/** Writes events of one organization, each transaction id at most once in them. */
export function ingestUsage(organizationId: string, incoming: readonly IncomingEvent[]): Statement {
  const meters = new Map<string, { id: string; event: UsageEvent }>()
  const seriesIds = incoming.map(({ event }) => meterOf(meters, organizationId, event))
  const events = incoming.map(({ event }) => event)
  const used = [...meters.values()]
  return {
    name: 'usage_ingest',
    text: INGEST,
    values: [
      organizationId,
      events.map(({ transactionId }) => transactionId),
      events.map(({ id }) => id),
      seriesIds,
      events.map(({ timestamp }) => timestamp),
      events.map(({ createdAt }) => createdAt),
      events.map(({ value }) => value),
      events.map(({ distinct }) => distinct),
      events.map(({ contentHash }) => contentHash),
      incoming.map(({ requestId }) => requestId),
      events.map(({ properties }) => properties),
      used.map(({ id }) => id),
      used.map(({ event }) => event.externalCustomerId),
      used.map(({ event }) => event.externalSubscriptionId),
      used.map(({ event }) => event.code),
    ],
  }
}

function meterOf(
  meters: Map<string, { id: string; event: UsageEvent }>,
  organizationId: string,
  event: UsageEvent,
): string {
  const key = `${event.externalCustomerId}\n${event.externalSubscriptionId}\n${event.code}`
  const known = meters.get(key)
  if (known) return known.id
  const id = seriesIdOf(organizationId, event)
  meters.set(key, { id, event })
  return id
}
