import type { UsagePageFilter } from '@billstream/event-sourcing-runtime'
import type { Parameter } from '../database/postgres-values'
import type { Statement } from '../database/statement-group'
import { meterConditions, USAGE_ROW, type UsageRow } from './list-usage'

/** Adds the value to those of the statement; gives its place in it. */
type AddParameter = (value: Parameter, type: string) => string

/** Up to so many events are found by their meters, and sorted for each page. */
const FOUND_BY_METER_MAX = 50_000

/**
 * Without these, a log that has just grown is read to its end and sorted for each page: the planner knows nothing of it yet. Each
 * statement below asks for the order of the one index that it shall read.
 */
const STEERED: Statement = {
  name: 'usage_page_steered',
  text: `select set_config('enable_sort', 'off', true), set_config('enable_bitmapscan', 'off', true)`,
  values: [],
}

/** ask: runs statements in one transaction of the organization; gives the rows of the last one. */
type Ask = <R>(statements: readonly Statement[]) => Promise<R[]>

/** The events behind those of the page before, in the order of their ids. */
export async function readUsagePage(ask: Ask, organizationId: string, filter: UsagePageFilter): Promise<UsageRow[]> {
  const { externalCustomerId, code, from, to } = filter
  const isWhole = [externalCustomerId, code, from, to].every((each) => each === undefined)
  const [found] = isWhole ? [] : await ask<{ few: boolean }>([fewInUsage(organizationId, filter)])
  return ask<UsageRow>(usagePage(organizationId, filter, found?.few === true ? 'meter' : 'id'))
}

/** `few`: whether events that match are so few that they are found by their meters. Aggregates know, for whole hours. */
function fewInUsage(organizationId: string, filter: UsagePageFilter): Statement {
  const values: Parameter[] = [organizationId]
  const parameter: AddParameter = (value, type) => `$${values.push(value)}::${type}`
  const most = parameter(FOUND_BY_METER_MAX, 'bigint')
  return {
    text: `
      select coalesce(sum(events_count), 0) <= ${most} as few
        from (select h.events_count from usage.hourly h join usage.series s on s.id = h.series
               where h.organization_id = $1::uuid ${and([...meterConditions(filter, parameter), ...hours(filter, parameter)])}
               limit ${most} + 1) as hours`,
    values,
  }
}

/**
 * A page in the order of ids, as statements of one transaction; the last one gives it. by `id`: all events behind the page before
 * are walked in their order until it is full. by `meter`: all that match are read. With few the former would read the whole log for
 * nothing, with many the latter each of them for each page; with each in its place an export reads the log once, or less.
 */
export function usagePage(organizationId: string, filter: UsagePageFilter, by: 'id' | 'meter'): Statement[] {
  const values: Parameter[] = [organizationId]
  const parameter: AddParameter = (value, type) => `$${values.push(value)}::${type}`
  const behind = filter.after === undefined ? [] : [`e.id > ${parameter(filter.after, 'uuid')}`]
  const events = by === 'id' ? walked(filter, parameter) : ofMeters(filter, parameter)
  const text = `
      select ${USAGE_ROW} ${events} ${and(behind)}
       order by e.id limit ${parameter(filter.limit, 'bigint')}`
  return [STEERED, { text, values }]
}

function walked(filter: UsagePageFilter, parameter: AddParameter): string {
  return `
        from usage.event e
       cross join lateral (
         select * from usage.series s where s.id = e.series ${and(meterConditions(filter, parameter))} offset 0) as s
       where e.organization_id = $1::uuid ${and(times(filter, parameter))}`
}

function ofMeters(filter: UsagePageFilter, parameter: AddParameter): string {
  const ofMeter = meterConditions(filter, parameter)
  const inHours = () => `s.id in (select h.series from usage.hourly h
                                   where h.organization_id = $1::uuid ${and(hours(filter, parameter))})`
  return `
        from usage.series s
       cross join lateral (
         select * from usage.event e
          where e.organization_id = $1::uuid and e.series = s.id ${and(times(filter, parameter))}
          order by e."timestamp" offset 0) as e
       where s.organization_id = $1::uuid ${and(ofMeter.length > 0 ? ofMeter : [inHours()])}`
}

function times({ from, to }: UsagePageFilter, parameter: AddParameter): string[] {
  return [
    ...(from === undefined ? [] : [`e."timestamp" >= ${parameter(from, 'timestamptz')}`]),
    ...(to === undefined ? [] : [`e."timestamp" < ${parameter(to, 'timestamptz')}`]),
  ]
}

function hours({ from, to }: UsagePageFilter, parameter: AddParameter): string[] {
  return [
    ...(from === undefined ? [] : [`h.hour >= date_trunc('hour', ${parameter(from, 'timestamptz')}, 'UTC')`]),
    ...(to === undefined ? [] : [`h.hour < ${parameter(to, 'timestamptz')}`]),
  ]
}

function and(conditions: readonly string[]): string {
  return conditions.map((condition) => `and ${condition}`).join(' ')
}
