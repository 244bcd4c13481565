import type { WorkItem, WorkQueue } from '@billstream/event-sourcing-runtime'
import { notHalted } from '../billing-halts/postgres-billing-halts'
import type { Queries } from '../database/queries'
import { jsonText } from '../stored-text'

const COLUMNS = `id, queue, organization_id as "organizationId", correlation_id as "correlationId", payload,
                 not_before as "notBefore", tries`

const ADD = `
  insert into runtime.work_items (id, queue, organization_id, correlation_id, payload, not_before, tries)
  select id, queue, organization_id, correlation_id, payload, not_before, tries
    from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::json[], $6::timestamptz[], $7::int[])
         with ordinality given (id, queue, organization_id, correlation_id, payload, not_before, tries, place)
   order by place
  on conflict (id) do nothing`

const TAKE = `
  with due as materialized (
    select id from runtime.work_items item
     where queue = $1 and done_at is null and not_before <= $2 and (lease_until is null or lease_until <= $2)
       and ${notHalted('item.organization_id')}
     order by not_before, seq
     limit $4
     for update of item skip locked),
  taken as (
    update runtime.work_items item set lease_until = $3 from due where item.id = due.id returning item.*)
  select ${COLUMNS} from taken order by not_before, seq`

// Few are leased; of the others the first in order will do.
const NEXT_AT = `
  select min(next) as next from (
    select min(greatest(not_before, lease_until)) as next from runtime.work_items item
     where queue = $1 and lease_until is not null and done_at is null and ${notHalted('item.organization_id')}
    union all
    (select not_before from runtime.work_items item
      where queue = $1 and lease_until is null and done_at is null and ${notHalted('item.organization_id')}
      order by not_before, seq limit 1)) candidates`

/** Work as rows with a lease. */
export class PostgresWorkQueue implements WorkQueue {
  constructor(private readonly worker: Queries) {}

  async add(items: readonly WorkItem[]): Promise<void> {
    if (items.length === 0) return
    await this.worker.execute({
      name: 'work_add',
      text: ADD,
      values: [
        items.map(({ id }) => id),
        items.map(({ queue }) => queue),
        items.map(({ organizationId }) => organizationId),
        items.map(({ correlationId }) => correlationId),
        items.map(({ payload }) => jsonText(payload)),
        items.map(({ notBefore }) => notBefore),
        items.map(({ tries }) => tries),
      ],
    })
  }

  take(queue: string, now: string, leaseUntil: string, limit: number): Promise<WorkItem[]> {
    return this.worker.query<WorkItem>({ name: 'work_take', text: TAKE, values: [queue, now, leaseUntil, limit] })
  }

  async done(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return
    await this.worker.execute({
      name: 'work_done',
      text: `update runtime.work_items set done_at = now(), lease_until = null, payload = null
              where id = any($1::text[]) and done_at is null`,
      values: [ids],
    })
  }

  async later(id: string, notBefore: string, payload?: unknown): Promise<void> {
    await this.worker.execute({
      name: 'work_later',
      text: `update runtime.work_items
                set not_before = $2, tries = tries + 1, lease_until = null, payload = coalesce($3, payload)
              where id = $1 and done_at is null`,
      values: [id, notBefore, payload === undefined ? null : jsonText(payload)],
    })
  }

  async nextAt(queue: string): Promise<string | undefined> {
    const [row] = await this.worker.query<{ next: string | null }>({
      name: 'work_next',
      text: NEXT_AT,
      values: [queue],
    })
    return row?.next ?? undefined
  }

  pendingOf(correlationId: string, queue?: string): Promise<WorkItem[]> {
    return this.worker.query<WorkItem>({
      name: 'work_pending',
      text: `select ${COLUMNS} from runtime.work_items
              where correlation_id = $1 and done_at is null and ($2::text is null or queue = $2)
              order by not_before, seq`,
      values: [correlationId, queue ?? null],
    })
  }

  async count(queue: string): Promise<number> {
    const [row] = await this.worker.query<{ count: string }>({
      name: 'work_count',
      text: 'select count(*) as count from runtime.work_items where queue = $1 and done_at is null',
      values: [queue],
    })
    return Number(row?.count ?? 0)
  }
}
