import type { Counters } from '@billstream/event-sourcing-runtime'
import type { Queries } from '../database/queries'

// What a statement writes it does not see itself: the counts just added come from the insert, the others from the table.
const JOIN = `
  with added as (
    insert into gateway.rate_counts as known (name, second, count)
    select name, second, sum(count) from unnest($1::text[], $2::bigint[], $3::bigint[]) given (name, second, count)
     group by name, second order by name, second
    on conflict (name, second) do update set count = known.count + excluded.count
    returning name, second, count),
  total as (
    select name, second, count from added
    union all
    select name, second, count from gateway.rate_counts known
     where name = any($4::text[])
       and not exists (select from added where added.name = known.name and added.second = known.second))
  select total.name, total.second, total.count
    from total join unnest($4::text[], $5::bigint[]) asked (name, from_second) on asked.name = total.name
   where total.second >= asked.from_second
   order by total.second`

/** Counts as rows (name, second). */
export class PostgresCounters implements Counters {
  constructor(private readonly worker: Queries) {}

  async join(
    counts: readonly { name: string; second: number; count: number }[],
    windows: readonly { name: string; fromSecond: number }[],
  ): Promise<ReadonlyMap<string, { second: number; count: number }[]>> {
    const totals = new Map(windows.map(({ name }) => [name, [] as { second: number; count: number }[]]))
    if (counts.length === 0 && windows.length === 0) return totals
    const rows = await this.worker.query<{ name: string; second: string; count: string }>({
      name: 'rate_counts_join',
      text: JOIN,
      values: [
        counts.map(({ name }) => name),
        counts.map(({ second }) => second),
        counts.map(({ count }) => count),
        windows.map(({ name }) => name),
        windows.map(({ fromSecond }) => fromSecond),
      ],
    })
    for (const { name, second, count } of rows) {
      totals.get(name)?.push({ second: Number(second), count: Number(count) })
    }
    return totals
  }

  async purge(beforeSecond: number): Promise<void> {
    await this.worker.execute({ text: 'delete from gateway.rate_counts where second < $1', values: [beforeSecond] })
  }
}
