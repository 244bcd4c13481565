import type { AggregateDifference, ComparedAggregates } from '@billstream/event-sourcing-runtime'
import type { Queries } from '../database/queries'
import type { Row, Statement } from '../database/statement-group'
import { ofLatest } from './ingest-usage'
import { digestSql } from './series-id'

/** Bounds of one comparison: it ends with the meter that reaches either. */
const EVENTS_AT_ONCE = 200_000
const METERS_AT_ONCE = 1_000
const DIFFERENCES_KEPT_MAX = 20
const LAST_METER = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

interface ComparedRow extends Row {
  readonly events: number
  readonly checked: number
  readonly differing: number
  readonly differences: readonly AggregateDifference[]
}

/**
 * The meters behind `from` are compared whole, up to the one that fills the bounds; what lies between two known meters, because a
 * row of theirs is gone, with them.
 */
export async function compareAggregates(
  from: string | null,
  worker: Pick<Queries, 'query'>,
): Promise<ComparedAggregates> {
  const [bound] = await worker.query<{ through: string | null }>(boundBehind(from))
  const through = bound?.through ?? null
  const [compared] = await worker.query<ComparedRow>(comparison(from, through ?? LAST_METER))
  const { events, checked, differing, differences } = compared as ComparedRow
  return { events, checked, differing, differences, next: through }
}

/** Aggregates are right in general, and enough for a bound. */
function boundBehind(from: string | null): Statement {
  return {
    text: `
      select min(series::text) as through
        from (select series, row_number() over (order by series) as place, sum(count) over (order by series) as running
                from (select series, sum(events_count) as count from usage.hourly
                       where $1::uuid is null or series > $1::uuid
                       group by series order by series limit $2::bigint) as meters) as counted
       where running >= $3::bigint or place = $2::bigint`,
    values: [from, METERS_AT_ONCE, EVENTS_AT_ONCE],
  }
}

const within = (meter: string) => `($1::uuid is null or ${meter} > $1::uuid) and ${meter} <= $2::uuid`
const unitOf = (unit: 'hour' | 'day') => `date_trunc('${unit}', "timestamp", 'UTC')`

/** One statement sees one moment: what comes in meanwhile is in the events and in their aggregates, or in neither. */
const COMPARE = `
  with counted as (
    select organization_id, series, ${unitOf('hour')} as hour, count(*) as events_count, coalesce(sum(value), 0) as sum,
           max(value) as max, max("timestamp") filter (where value is not null) as latest_at,
           ${ofLatest('transaction_id')} as latest_id, ${ofLatest('value')} as latest
      from usage.event where ${within('series')} group by 1, 2, 3
  ),
  kept as (select * from usage.hourly where ${within('series')}),
  hours as (
    select 'hour' as what, organization_id, series, hour as at, coalesce(c.events_count, 0) as events,
           (c.events_count, c.sum, c.max, c.latest_at, c.latest_id, c.latest)
             is distinct from (k.events_count, k.sum, k.max, k.latest_at, k.latest_id, k.latest) as differs,
           ${hourJson('c')} as counted, ${hourJson('k')} as kept
      from counted c full join kept k using (organization_id, series, hour)
  ),
  ${distinctValues('hour')},
  ${distinctValues('day')},
  meters as (
    select 'meter' as what, c.organization_id, c.series, null::timestamptz as at, 0::bigint as events,
           s.id is distinct from c.series as differs, to_json(c.series) as counted, to_json(s.id) as kept
      from (select distinct organization_id, series from counted) as c
      left join usage.series s on s.id = c.series and s.organization_id = c.organization_id
       and s.id = ${meterSql('s')}
  ),
  compared as (
    select * from hours union all select * from hour_values union all select * from day_values union all select * from meters
  ),
  first_ones as (
    select d.*, s.external_subscription_id, s.code
      from (select * from compared where differs order by series, at, what limit ${DIFFERENCES_KEPT_MAX}) as d
      left join usage.series s on s.id = d.series
  )
  select sum(events)::float8 as events, count(*)::float8 as checked, (count(*) filter (where differs))::float8 as differing,
         (select coalesce(json_agg(json_build_object(
                   'what', what, 'organizationId', organization_id, 'meter', series, 'code', code, 'at', at,
                   'externalSubscriptionId', external_subscription_id, 'counted', counted, 'kept', kept)
                   order by series, at, what), '[]') from first_ones) as differences
    from compared`

function comparison(from: string | null, through: string): Statement {
  return { text: COMPARE, values: [from, through] }
}

function hourJson(side: string): string {
  return `case when ${side}.events_count is not null then json_build_object(
             'eventsCount', ${side}.events_count, 'sum', trim_scale(${side}.sum)::text,
             'max', trim_scale(${side}.max)::text, 'latestAt', ${side}.latest_at, 'latestId', ${side}.latest_id,
             'latest', trim_scale(${side}.latest)::text) end`
}

/** How many distinct values are on either side of each hour or day, and how many of them the other side lacks. */
function distinctValues(unit: 'hour' | 'day'): string {
  const table = unit === 'hour' ? 'usage.hourly_distinct' : 'usage.daily_distinct'
  const side = (own: string, other: string) =>
    `json_build_object('uniqueCount', count(${own}.series), 'onlyHere', count(*) filter (where ${other}.series is null))`
  return `${unit}_values as (
    select 'distinct values of ${unit === 'hour' ? 'an hour' : 'a day'}' as what, organization_id, series, ${unit} as at,
           0::bigint as events, bool_or(c.series is null or k.series is null) as differs,
           ${side('c', 'k')} as counted, ${side('k', 'c')} as kept
      from (select distinct organization_id, series, ${unitOf(unit)} as ${unit}, ${digestSql('distinct_value')} as digest
              from usage.event where ${within('series')} and distinct_value is not null) as c
      full join (select organization_id, series, ${unit}, digest from ${table} where ${within('series')}) as k
     using (organization_id, series, ${unit}, digest)
     group by organization_id, series, ${unit}
  )`
}

/** The meter's id in SQL, as `seriesIdOf`: JSON texts are written alike. */
function meterSql(series: string): string {
  const names = ['organization_id', 'external_customer_id', 'external_subscription_id', 'code']
  const texts = names.map((name) => `to_json(${series}.${name}::text)::text`).join(` || ',' || `)
  return digestSql(`('[' || ${texts} || ']')`)
}
