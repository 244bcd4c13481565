import { parseInstant } from '@billstream/kernel'
import type { MeasuredMetric, Measurement, MeasureRequest, UsageScope } from '@billstream/event-sourcing-runtime'
import type { Statement } from '../database/statement-group'

/**
 * The metrics of each scope (key, customer, subscription, codes, first, "end") as JSON in the order of its codes: whole hours
 * from the aggregates, the at most two broken ones from events. A scope inside one hour has no whole one; then all of it is the
 * first broken stretch and the second is empty.
 */
const METRICS_OF_SCOPES = `
  hours as (
    select *, date_trunc('hour', first + interval '1 hour' - interval '1 microsecond', 'UTC') as whole_from,
           date_trunc('hour', "end", 'UTC') as whole_to
      from scopes
  ),
  meters as (
    select h.key, h.first, h."end", h.whole_from, h.whole_to, s.id, s.code
      from hours h join usage.series s
        on s.organization_id = $1::uuid and s.external_customer_id = h.customer and s.code = any(h.codes)
       and s.external_subscription_id in ('', h.subscription)
  ),
  broken as materialized (
    select m.key, m.code, e.transaction_id, e."timestamp", e.value, e.distinct_value
      from meters m
     cross join lateral (values (m.first, least(m.whole_from, m."end")), (greatest(m.whole_to, m.whole_from), m."end"))
        as stretch(first, "end")
      join usage.event e
        on e.organization_id = $1::uuid and e.series = m.id and e."timestamp" >= stretch.first and e."timestamp" < stretch."end"
  ),
  parts as (
    select m.key, m.code, h.events_count, h.sum, h.max, h.latest_at, h.latest_id, h.latest
      from meters m join usage.hourly h
        on h.organization_id = $1::uuid and h.series = m.id and h.hour >= m.whole_from and h.hour < m.whole_to
    union all
    select key, code, 1, coalesce(value, 0), value, case when value is not null then "timestamp" end, transaction_id, value
      from broken
  ),
  sums as (
    select key, code, sum(events_count) as events_count, trim_scale(sum(sum)) as sum, trim_scale(max(max)) as max,
           (array_agg(trim_scale(latest) order by latest_at desc, latest_id desc) filter (where latest_at is not null))[1]
             as latest
      from parts group by key, code
  ),
  distinct_values as (
    select m.key, m.code, d.digest
      from meters m join usage.hourly_distinct d
        on d.organization_id = $1::uuid and d.series = m.id and d.hour >= m.whole_from and d.hour < m.whole_to
    union
    select key, code, sha256(convert_to(distinct_value, 'UTF8')) from broken where distinct_value is not null
  ),
  uniques as (select key, code, count(*) as unique_count from distinct_values group by key, code),
  metrics as (
    select s.key, json_agg(json_build_object(
             'code', asked.code, 'eventsCount', coalesce(n.events_count, 0), 'sum', coalesce(n.sum, 0)::text,
             'max', n.max::text, 'latest', n.latest::text, 'uniqueCount', coalesce(u.unique_count, 0)
           ) order by asked.place) as metrics
      from scopes s
     cross join lateral unnest(s.codes) with ordinality as asked(code, place)
      left join sums n on n.key = s.key and n.code = asked.code
      left join uniques u on u.key = s.key and u.code = asked.code
     group by s.key
  )`

const CURRENT = `
  with scopes as (
    select ''::text as key, $2::text collate "C" as customer, $3::text collate "C" as subscription,
           $4::text[] collate "C" as codes, $5::timestamptz as first, $6::timestamptz as "end"
  ), ${METRICS_OF_SCOPES}
  select metrics from metrics`

/** Usage as it stands; one row with `metrics`, none when no code is asked. */
export function currentUsage(scope: UsageScope): Statement {
  const { organizationId, externalCustomerId, externalSubscriptionId, codes, from, to } = scope
  return {
    name: 'usage_current',
    text: CURRENT,
    values: [organizationId, externalCustomerId, externalSubscriptionId, codes, from, to],
  }
}

/**
 * The stored measurement, or else a new one with all that it leaves behind. The customer's lock is held: what the statement
 * sees is all that was ingested, so the sequence's last number is a position below which nothing of the customer can come.
 */
const MEASURE = `
  with known as (select body from usage.measurement where organization_id = $1::uuid and id = $2::uuid),
  fresh as (select where not exists (select from known)),
  corrected as (
    select p.invoice_id, p.external_customer_id, p.external_subscription_id, p.codes, p.period_from, p.period_to, p.request
      from usage.measured_period p cross join fresh
     where p.organization_id = $1::uuid and p.subscription_id = $5::uuid and p.invoice_id = any($11::uuid[])
       and p.invoice_id <> $6::uuid and p.change > p.settled_change
  ),
  scopes as (
    select '' as key, $3::text collate "C" as customer, $4::text collate "C" as subscription, $9::text[] collate "C" as codes,
           $7::timestamptz as first, $8::timestamptz as "end"
      from fresh where $7::timestamptz is not null
    union all
    select invoice_id::text, external_customer_id, external_subscription_id, codes, period_from, period_to from corrected
  ), ${METRICS_OF_SCOPES},
  stored as (
    insert into usage.measurement (organization_id, id, body)
    select $1::uuid, $2::uuid, json_build_object(
             'watermark', coalesce(pg_sequence_last_value('usage.ingestion'), 0)::text,
             'metrics', coalesce((select metrics from metrics where key = ''), '[]'),
             'corrections', coalesce((
               select json_agg(json_build_object(
                        'invoiceId', c.invoice_id, 'from', c.period_from, 'to', c.period_to, 'request', c.request,
                        'metrics', coalesce(m.metrics, '[]')) order by c.period_from, c.invoice_id)
                 from corrected c left join metrics m on m.key = c.invoice_id::text), '[]'))
      from fresh
    returning body
  ),
  remembered as (
    insert into usage.measured_period as p (organization_id, invoice_id, subscription_id, external_subscription_id,
                                            external_customer_id, period_from, period_to, codes, request)
    select $1::uuid, $6::uuid, $5::uuid, $4, $3, $7::timestamptz, $8::timestamptz, $9::text[], $10::json
      from fresh where $7::timestamptz is not null
    on conflict (invoice_id, organization_id) do update set
      measured_change = p.change, settled_change = case when $12::boolean then p.change else p.settled_change end
  ),
  settled as (
    update usage.measured_period p set measured_change = p.change, settled_change = p.change
      from corrected c
     where $12::boolean and p.organization_id = $1::uuid and p.invoice_id = c.invoice_id
  )
  select body from known union all select body from stored`

/** One row with `body`, see `measurementOf`. */
export function measureUsage(request: MeasureRequest): Statement {
  const { period, corrections } = request
  return {
    name: 'usage_measure',
    text: MEASURE,
    values: [
      request.organizationId,
      request.measurementId,
      request.externalCustomerId,
      request.externalSubscriptionId,
      request.subscriptionId,
      request.invoiceId,
      period?.from ?? null,
      period?.to ?? null,
      period?.codes ?? null,
      JSON.stringify(request.request ?? null),
      corrections,
      request.settles,
    ],
  }
}

export interface MeasurementBody {
  readonly watermark: string
  readonly metrics: readonly MeasuredMetric[]
  readonly corrections: Measurement['corrections']
}

export function measurementOf(measurementId: string, body: MeasurementBody): Measurement {
  const corrections = body.corrections.map((correction) => ({
    ...correction,
    from: instantOf(correction.from),
    to: instantOf(correction.to),
  }))
  return { measurementId, watermark: body.watermark, metrics: body.metrics, corrections }
}

/** PostgreSQL writes instants in JSON in its own form. */
function instantOf(text: string): string {
  const instant = parseInstant(text)
  if (!instant.ok) throw new RangeError(`Not an instant: ${text}`)
  return instant.value
}
