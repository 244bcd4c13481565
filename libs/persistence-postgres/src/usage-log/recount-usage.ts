import type { MeasurementKey, UsageScope } from '@billstream/event-sourcing-runtime'
import type { Statement } from '../database/statement-group'

const RECOUNT = `
  with counted as (
    select s.code, count(*) as events_count, trim_scale(coalesce(sum(e.value), 0)) as sum, trim_scale(max(e.value)) as max,
           (array_agg(trim_scale(e.value) order by e."timestamp" desc, e.transaction_id desc)
             filter (where e.value is not null))[1] as latest,
           count(distinct e.distinct_value) as unique_count
      from usage.series s
      join usage.event e on e.organization_id = $1::uuid and e.series = s.id
       and e."timestamp" >= $5::timestamptz and e."timestamp" < $6::timestamptz
       and e.ingestion <= $7::numeric
     where s.organization_id = $1::uuid and s.external_customer_id = $2 and s.external_subscription_id in ('', $3)
       and s.code = any($4::text[])
     group by s.code)
  select asked.code, coalesce(events_count, 0)::float8 as "eventsCount", coalesce(sum, 0)::text as sum, max::text as max,
         latest::text as latest, coalesce(unique_count, 0)::float8 as "uniqueCount"
    from unnest($4::text[]) with ordinality as asked (code, place) left join counted on counted.code = asked.code
   order by asked.place`

/** Usage of a scope counted from its events up to the watermark; a row for each code, in the order asked. */
export function recountedUsage(scope: UsageScope, watermark: string): Statement {
  const { organizationId, externalCustomerId, externalSubscriptionId, codes, from, to } = scope
  const whose = [organizationId, externalCustomerId, externalSubscriptionId]
  return { text: RECOUNT, values: [...whose, codes, from, to, watermark] }
}

export function keptMeasurement(organizationId: string, measurementId: string): Statement {
  return {
    text: 'select body from usage.measurement where organization_id = $1::uuid and id = $2::uuid',
    values: [organizationId, measurementId],
  }
}

/** By the primary key. */
export function measurementsKept(after: MeasurementKey | null, limit: number): Statement {
  return {
    text: `
      select organization_id as "organizationId", id as "measurementId" from usage.measurement
       where $1::uuid is null or (organization_id, id) > ($1::uuid, $2::uuid)
       order by organization_id, id limit $3`,
    values: [after?.organizationId ?? null, after?.measurementId ?? null, limit],
  }
}
