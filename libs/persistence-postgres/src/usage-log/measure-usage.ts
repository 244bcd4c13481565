import { parseInstant } from '@billstream/kernel'
import {
  storableText,
  type MeasuredMetric,
  type Measurement,
  type MeasureRequest,
  type UsageScope,
} from '@billstream/event-sourcing-runtime'
import type { Statement } from '../database/statement-group'
import { digestSql } from './series-id'

/** The start of the first whole hour or day at or after an instant. */
const ceilingOf = (unit: 'hour' | 'day', instant: string) =>
  `date_trunc('${unit}', ${instant} + interval '1 ${unit}' - interval '1 microsecond', 'UTC')`

/**
 * What whole units leave over of [first, last): a stretch before and one after. A range inside one unit has no whole one; then
 * all of it is the first stretch and the second is empty.
 */
const brokenStretches = (first: string, wholeFrom: string, wholeTo: string, last: string) =>
  `(values (${first}, least(${wholeFrom}, ${last})), (greatest(${wholeTo}, ${wholeFrom}), ${last})) as stretch(first, last)`

/**
 * The metrics of each scope (key, customer, subscription, codes, first, last) as JSON in the order of its codes: whole hours
 * from the aggregates, the at most two broken ones from events; distinct values from whole days, then hours, then events.
 * "offset 0" keeps each look-up apart, so that both bounds of a stretch are always looked up in the index.
 */
const METRICS_OF_SCOPES = `
  hours as (
    select *, ${ceilingOf('hour', 'first')} as hour_from, date_trunc('hour', last, 'UTC') as hour_to from scopes
  ),
  days as (
    select *, ${ceilingOf('day', 'hour_from')} as day_from, date_trunc('day', hour_to, 'UTC') as day_to from hours
  ),
  meters as (
    select d.*, s.id, s.code
      from days d
     cross join lateral (
       select s.id, s.code from usage.series s
        where s.organization_id = $1::uuid and s.external_customer_id = d.customer and s.code = any(d.codes)
          and s.external_subscription_id in ('', d.subscription)
       offset 0) as s
  ),
  broken as materialized (
    select m.key, m.code, e.*
      from meters m
     cross join lateral ${brokenStretches('m.first', 'm.hour_from', 'm.hour_to', 'm.last')}
     cross join lateral (
       select e.transaction_id, e."timestamp", e.value, e.distinct_value from usage.event e
        where e.organization_id = $1::uuid and e.series = m.id
          and e."timestamp" >= stretch.first and e."timestamp" < stretch.last
       offset 0) as e
  ),
  parts as (
    select m.key, m.code, h.*
      from meters m
     cross join lateral (
       select h.events_count, h.sum, h.max, h.latest_at, h.latest_id, h.latest from usage.hourly h
        where h.organization_id = $1::uuid and h.series = m.id and h.hour >= m.hour_from and h.hour < m.hour_to
       offset 0) as h
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
      from meters m
     cross join lateral (
       select digest from usage.daily_distinct
        where organization_id = $1::uuid and series = m.id and day >= m.day_from and day < m.day_to
       offset 0) as d
    union
    select m.key, m.code, d.digest
      from meters m
     cross join lateral ${brokenStretches('m.hour_from', 'm.day_from', 'm.day_to', 'm.hour_to')}
     cross join lateral (
       select digest from usage.hourly_distinct
        where organization_id = $1::uuid and series = m.id and hour >= stretch.first and hour < stretch.last
       offset 0) as d
    union
    select key, code, ${digestSql('distinct_value')} from broken where distinct_value is not null
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
           $4::text[] collate "C" as codes, $5::timestamptz as first, $6::timestamptz as last
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
 * Of each request the stored measurement, or else a new one with all that it leaves behind. The locks of the customers are held:
 * what the statement sees is all that was ingested, so the sequence's last number is a position below which nothing of them can
 * come. A subscription stands in one request only: what one settles, another would not see.
 */
const MEASURE = `
  with asked as materialized (
    select * from json_to_recordset($2::json) as asked (
      id uuid, customer text, subscription text, subscription_id uuid, invoice_id uuid, first timestamptz, last timestamptz,
      codes text[], request text, corrections uuid[])
  ),
  known as (
    select id, body from usage.measurement where organization_id = $1::uuid and id = any(array(select id from asked))
  ),
  fresh as materialized (select * from asked where not exists (select from known where known.id = asked.id)),
  corrected as (
    select f.id, p.*
      from fresh f
     cross join lateral (
       select p.invoice_id, p.external_customer_id, p.external_subscription_id, p.codes, p.period_from, p.period_to, p.request
         from usage.measured_period p
        where p.organization_id = $1::uuid and p.subscription_id = f.subscription_id
          and p.invoice_id = any(f.corrections) and p.invoice_id <> f.invoice_id and p.change > p.closed_change
       offset 0) as p
  ),
  scopes as (
    select id::text as key, customer collate "C" as customer, subscription collate "C" as subscription,
           codes collate "C" as codes, first, last
      from fresh where first is not null
    union all
    select id || ' ' || invoice_id, external_customer_id, external_subscription_id, codes, period_from, period_to
      from corrected
  ), ${METRICS_OF_SCOPES},
  stored as (
    insert into usage.measurement (organization_id, id, body)
    select $1::uuid, f.id, json_build_object(
             'watermark', coalesce(pg_sequence_last_value('usage.ingestion'), 0)::text,
             'metrics', coalesce((select metrics from metrics where key = f.id::text), '[]'),
             'corrections', coalesce((
               select json_agg(json_build_object(
                        'invoiceId', c.invoice_id, 'from', c.period_from, 'to', c.period_to, 'request', c.request,
                        'metrics', coalesce(m.metrics, '[]')) order by c.period_from, c.invoice_id)
                 from corrected c left join metrics m on m.key = c.id || ' ' || c.invoice_id
                where c.id = f.id), '[]'))
      from fresh f
    returning id, body
  ),
  remembered as (
    insert into usage.measured_period as p (organization_id, invoice_id, subscription_id, external_subscription_id,
                                            external_customer_id, period_from, period_to, codes, request)
    select $1::uuid, invoice_id, subscription_id, subscription, customer, first, last, codes, request::json
      from fresh where first is not null order by invoice_id
    on conflict (invoice_id, organization_id) do update set
      measured_change = p.change,
      settled_change = case when $3::boolean then p.change else p.settled_change end,
      closed_change = case when $3::boolean then p.change else p.closed_change end
  ),
  settled as (
    update usage.measured_period p set measured_change = p.change, closed_change = p.settled_change, settled_change = p.change
      from corrected c
     where $3::boolean and p.organization_id = $1::uuid and p.invoice_id = c.invoice_id
  )
  select id, body from known union all select id, body from stored`

/** Rows with `id` and `body`, see `measurementOf`. All of one organization, all settle or none does. */
export function measureUsage(requests: readonly MeasureRequest[]): Statement {
  const [{ organizationId, settles }] = requests as readonly [MeasureRequest]
  return {
    name: 'usage_measure',
    text: MEASURE,
    values: [organizationId, JSON.stringify(requests.map(askedRow)), settles],
  }
}

function askedRow({ period, ...request }: MeasureRequest) {
  return {
    id: request.measurementId,
    customer: storableText(request.externalCustomerId),
    subscription: storableText(request.externalSubscriptionId),
    subscription_id: request.subscriptionId,
    invoice_id: request.invoiceId,
    first: period?.from ?? null,
    last: period?.to ?? null,
    codes: period?.codes.map(storableText) ?? null,
    // As text: a JSON null in a record would be none.
    request: JSON.stringify(request.request ?? null),
    corrections: request.corrections,
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
