import type { Position } from '@billstream/event-sourcing-core'
import type { KeptTimer, Timer, TimerFilter, Timers, TimerWrite } from '@billstream/event-sourcing-runtime'
import { notHalted } from '../billing-halts/postgres-billing-halts'
import type { Queries } from '../database/queries'
import { jsonText } from '../stored-text'

// An aggregate has few timers. "is not distinct from" uses no index: before the first statistics PostgreSQL would take the
// one by owner, and read every timer for each timer.
const NO_EARLIER_OF_ITS_AGGREGATE = `
  not exists (
    select from runtime.timers earlier
     where earlier.aggregate_id = timer.aggregate_id and earlier.fired_at is null
       and (earlier.owner, earlier.clock_id) is not distinct from (timer.owner, timer.clock_id)
       and (earlier.due, earlier.rank, earlier.tie_break, earlier.id) < (timer.due, timer.rank, timer.tie_break, timer.id))`

const CLAIM = `
  with head as materialized (
    select timer.id from runtime.timers timer
     where timer.owner = $1 and timer.clock_id is null and timer.fired_at is null and timer.due <= $2
       and (timer.claimed_until is null or timer.claimed_until <= $2)
       and ${NO_EARLIER_OF_ITS_AGGREGATE} and ${notHalted('timer.organization_id')}
     order by timer.due, timer.rank, timer.tie_break, timer.id
     limit $4
     for update of timer skip locked),
  claimed as (
    update runtime.timers timer set claimed_until = $3 from head where timer.id = head.id
    returning timer.due, timer.rank, timer.tie_break, timer.id, timer.timer)
  select timer from claimed order by due, rank, tie_break, id`

// An id that is not open any more, since its timer was replaced before the answer came, is kept as well.
const FIRED = `
  insert into runtime.timers as known (id, fired_at) select distinct id, now() from unnest($1::text[]) id order by id
  on conflict (id) do update
     set fired_at = excluded.fired_at, timer = null, owner = null, rule = null, aggregate_id = null,
         organization_id = null, clock_id = null, due = null, rank = null, tie_break = null, claimed_until = null
   where known.fired_at is null`

interface TimerRow {
  readonly timer: Timer
}

/** Timers as rows, with the checkpoints of the rules that set them. */
export class PostgresTimers implements Timers {
  constructor(private readonly worker: Queries) {}

  async checkpoint(rules: string): Promise<Position> {
    const [row] = await this.worker.query<{ position: string }>({
      name: 'timer_checkpoint',
      text: 'select position from runtime.timer_checkpoints where rules = $1',
      values: [rules],
    })
    return BigInt(row?.position ?? 0)
  }

  async commit(rules: string, move: { from: Position; to: Position }, writes: readonly TimerWrite[]): Promise<boolean> {
    const places = lastWrites(writes)
    const timers = places.flatMap((write) => (write.kind === 'set' ? [write.timer] : []))
    const [row] = await this.worker.query<{ committed: boolean }>({
      name: 'timers_commit',
      text: 'select runtime.commit_timers($1, $2, $3, $4, $5, $6, $7, $8::json[]) as committed',
      values: [
        rules,
        move.from,
        move.to,
        places.map((write) => placeOf(write).owner),
        places.map((write) => placeOf(write).rule),
        places.map((write) => placeOf(write).aggregateId),
        jsonText(timers.map(({ command: _, ...head }) => head)),
        timers.map(jsonText),
      ],
    })
    return row?.committed === true
  }

  async claimDue(owner: string, now: string, claimedUntil: string, limit: number): Promise<Timer[]> {
    const values = [owner, now, claimedUntil, limit]
    return timersOf(await this.worker.query<TimerRow>({ name: 'timers_claim', text: CLAIM, values }))
  }

  async nextDue(owner: string): Promise<string | undefined> {
    const [row] = await this.worker.query<TimerRow>({
      name: 'timers_next',
      text: `select timer from runtime.timers timer
              where owner = $1 and clock_id is null and fired_at is null and claimed_until is null
                and ${NO_EARLIER_OF_ITS_AGGREGATE} and ${notHalted('timer.organization_id')}
              order by due, rank, tie_break, id limit 1`,
      values: [owner],
    })
    return row?.timer.due
  }

  async firstOfClock(clockId: string, until: string): Promise<Timer | undefined> {
    const [row] = await this.worker.query<TimerRow>({
      name: 'timers_clock',
      text: `select timer from runtime.timers where clock_id = $1 and fired_at is null and due <= $2
              order by due, rank, tie_break, id limit 1`,
      values: [clockId, until],
    })
    return row?.timer
  }

  async fired(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return
    await this.worker.execute({ name: 'timers_fired', text: FIRED, values: [ids] })
  }

  async release(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return
    await this.worker.execute({
      name: 'timers_release',
      text: 'update runtime.timers set claimed_until = null where id = any($1::text[]) and fired_at is null',
      values: [ids],
    })
  }

  async list(filter: TimerFilter): Promise<Timer[]> {
    const { owner = null, organizationId = null, aggregateId = null, dueUntil = null, limit } = filter
    return timersOf(
      await this.worker.query<TimerRow>({
        text: `select timer from runtime.timers
                where fired_at is null and ($1::text is null or owner = $1)
                  and ($2::text is null or organization_id = $2) and ($3::text is null or aggregate_id = $3)
                  and ($4::timestamptz is null or due <= $4)
                order by due, rank, tie_break, id limit $5`,
        values: [owner, organizationId, aggregateId, dueUntil, limit],
      }),
    )
  }

  async kept(ids: readonly string[]): Promise<KeptTimer[]> {
    const rows = await this.worker.query<{ id: string; due: string; clock_id: string | null; is_fired: boolean }>({
      text: 'select id, due, clock_id, fired_at is not null as is_fired from runtime.timers where id = any ($1::text[])',
      values: [ids],
    })
    return rows.map(({ id, due, clock_id, is_fired }) =>
      is_fired ? { state: 'fired', id } : { state: 'open', id, due, clockId: clock_id },
    )
  }

  async forgetFired(ids: readonly string[]): Promise<void> {
    await this.worker.execute({
      text: 'delete from runtime.timers where id = any ($1::text[]) and fired_at is not null',
      values: [ids],
    })
  }
}

function timersOf(rows: readonly TimerRow[]): Timer[] {
  return rows.map(({ timer }) => timer)
}

/** The last write of each (owner, rule, aggregate): since setting replaces, it alone says what is open afterwards. */
function lastWrites(writes: readonly TimerWrite[]): TimerWrite[] {
  const last = new Map<string, TimerWrite>()
  for (const write of writes) {
    const { owner, rule, aggregateId } = placeOf(write)
    last.set(JSON.stringify([owner, rule, aggregateId]), write)
  }
  return [...last.values()]
}

function placeOf(write: TimerWrite): { owner: string; rule: string; aggregateId: string } {
  return write.kind === 'set' ? write.timer : write
}
