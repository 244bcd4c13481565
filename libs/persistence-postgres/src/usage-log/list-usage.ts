import type { UsageEvent, UsageListFilter, UsageOrderColumn } from '@billstream/event-sourcing-runtime'
import type { Parameter } from '../database/postgres-values'
import type { Statement } from '../database/statement-group'

/** A stored event as a statement selects it; its names are those of `UsageEvent`. */
export type UsageRow = UsageEvent & { requestId: string }

export const USAGE_ROW = `
  e.id, e.transaction_id as "transactionId", s.external_customer_id as "externalCustomerId",
  s.external_subscription_id as "externalSubscriptionId", s.code, e."timestamp", e.properties,
  trim_scale(e.value)::text as value, e.distinct_value as "distinct", encode(e.content_hash, 'hex') as "contentHash",
  e.created_at as "createdAt", e.request_id as "requestId"`
const FROM_EVENTS = `from usage.event e join usage.series s on s.id = e.series`

export function usageEventById(organizationId: string, id: string): Statement {
  return {
    name: 'usage_event_by_id',
    text: `select ${USAGE_ROW} ${FROM_EVENTS} where e.organization_id = $1::uuid and e.id = $2::uuid`,
    values: [organizationId, id],
  }
}

export function usageEventsByTransaction(organizationId: string, transactionIds: readonly string[]): Statement {
  return {
    name: 'usage_events_by_transaction',
    text: `select ${USAGE_ROW} ${FROM_EVENTS} where e.organization_id = $1::uuid and e.transaction_id = any($2::text[])`,
    values: [organizationId, transactionIds],
  }
}

/** Ids sort as events were created, and have the index. */
const ORDER: Readonly<Record<UsageOrderColumn, string>> = {
  created_at: 'e.id',
  id: 'e.id',
  transaction_id: 'e.transaction_id',
  external_customer_id: 's.external_customer_id',
  code: 's.code',
  timestamp: 'e."timestamp"',
}

export function usageList(organizationId: string, filter: UsageListFilter): Statement {
  const values: Parameter[] = [organizationId]
  const parameter = (value: Parameter, type: string) => `$${values.push(value)}::${type}`
  const conditions = [
    ...meterConditions(filter, parameter),
    filter.fromTimestamp !== undefined && `e."timestamp" >= ${parameter(filter.fromTimestamp, 'timestamptz')}`,
    filter.toTimestamp !== undefined && `e."timestamp" <= ${parameter(filter.toTimestamp, 'timestamptz')}`,
  ].filter((condition) => condition !== false)
  const { column, direction } = filter.orderBy ?? { column: 'created_at', direction: 'desc' }
  const by = direction === 'asc' ? 'asc' : 'desc'
  return {
    text: `
      select ${USAGE_ROW} ${FROM_EVENTS}
       where e.organization_id = $1::uuid ${conditions.map((condition) => `and ${condition}`).join(' ')}
       order by ${ORDER[column]} ${by}, e.id ${by}
      offset ${parameter(filter.skip, 'bigint')} limit ${parameter(filter.limit, 'bigint')}`,
    values,
  }
}

/**
 * The number of all that match: whole hours from the aggregates. In a broken hour the aggregates name the meters that have
 * events there, whose events are found by their own index.
 */
export function usageTotal(organizationId: string, filter: UsageListFilter): Statement {
  const values: Parameter[] = [organizationId, filter.fromTimestamp ?? '-infinity', filter.toTimestamp ?? 'infinity']
  const parameter = (value: Parameter, type: string) => `$${values.push(value)}::${type}`
  const ofMeters = meterConditions(filter, parameter)
    .map((condition) => `and ${condition}`)
    .join(' ')
  const matching = `from usage.hourly h join usage.series s on s.id = h.series where h.organization_id = $1::uuid ${ofMeters}`
  return {
    text: `
      with bounds as (
        select first, last, date_trunc('hour', first + interval '1 hour' - interval '1 microsecond', 'UTC') as hour_from,
               date_trunc('hour', last, 'UTC') as hour_to
          from (select $2::timestamptz as first, $3::timestamptz + interval '1 microsecond' as last) as asked
      ),
      whole as (
        select h.events_count as count
          from bounds b
         cross join lateral (
           select h.events_count ${matching} and h.hour >= b.hour_from and h.hour < b.hour_to offset 0) as h
      ),
      broken as (
        select e.count
          from bounds b
         cross join lateral (values (b.first, least(b.hour_from, b.last)), (greatest(b.hour_to, b.hour_from), b.last))
            as stretch(first, last)
         cross join lateral (
           select h.series ${matching} and h.hour = date_trunc('hour', stretch.first, 'UTC') offset 0) as m
         cross join lateral (
           select count(*) as count from usage.event e
            where e.organization_id = $1::uuid and e.series = m.series
              and e."timestamp" >= stretch.first and e."timestamp" < stretch.last) as e
         where stretch.first < stretch.last
      )
      select coalesce((select sum(count) from whole), 0) + coalesce((select sum(count) from broken), 0) as total`,
    values,
  }
}

export function meterConditions(
  filter: Pick<UsageListFilter, 'externalCustomerId' | 'code'>,
  parameter: (value: Parameter, type: string) => string,
): string[] {
  const { externalCustomerId, code } = filter
  return [
    ...(externalCustomerId === undefined ? [] : [`s.external_customer_id = ${parameter(externalCustomerId, 'text')}`]),
    ...(code === undefined ? [] : [`s.code = ${parameter(code, 'text')}`]),
  ]
}

export function usageVolume(organizationId: string, fromHour: string, toHour: string): Statement {
  return {
    name: 'usage_volume',
    text: `
      select hour, sum(events_count)::float8 as count from usage.hourly
       where organization_id = $1::uuid and hour >= $2::timestamptz and hour <= $3::timestamptz
       group by hour order by hour`,
    values: [organizationId, fromHour, toHour],
  }
}

export function usageOfMetric(organizationId: string, code: string): Statement {
  return {
    name: 'usage_of_metric',
    text: `
      select exists (select from usage.series s join usage.hourly h on h.series = s.id
                      where s.organization_id = $1::uuid and s.code = $2) as known`,
    values: [organizationId, code],
  }
}
