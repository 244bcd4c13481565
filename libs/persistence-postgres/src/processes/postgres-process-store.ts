import type {
  CommandDrop,
  DroppedCommand,
  IgnoredRefusals,
  OutboxOutcome,
  OutboxRow,
  ProcessCommit,
  ProcessOverview,
  ProcessStateRow,
  ProcessStore,
  RefusedCommand,
} from '@billstream/event-sourcing-runtime'
import { notHaltedCommand } from '../billing-halts/postgres-billing-halts'
import type { Queries } from '../database/queries'
import { jsonText, storableText } from '../stored-text'

const ROW = 'id, process, target, context, type, data, metadata, refusals, not_before as "notBefore", tries'
const MOVED = 'owner, process, target, context, type, data, metadata, refusals, not_before, tries'

// "is not distinct from" uses no index: the one by target is meant, before there are statistics as well.
const PENDING = `
  select ${ROW} from runtime.outbox ready
   where owner = $1 and (not_before is null or not_before <= $3)
     and not exists (
       select from runtime.outbox older
        where older.target = ready.target and older.seq < ready.seq and older.not_before > $3
          and older.owner is not distinct from ready.owner)
     and ${notHaltedCommand('ready')}
   order by seq limit $2`

// Only rows that were still there count: a repeat finds none.
const SETTLE = `
  with outcome as (
    select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::int[])
      as given (id, kind, code, message, at, tries)),
  ended as (
    delete from runtime.outbox sent using outcome where sent.id = outcome.id and outcome.kind <> 'retry'
    returning sent.*, outcome.kind, outcome.code, outcome.message, outcome.at),
  counted as (
    insert into runtime.ignored_refusals as known (process, type, code, count)
    select process, type, code, count(*) from ended where kind = 'ignored' group by 1, 2, 3 order by 1, 2, 3
    on conflict (process, type, code) do update set count = known.count + excluded.count),
  kept as (
    insert into runtime.refused_commands (id, ${MOVED}, code, message, at)
    select id, ${MOVED}, code, message, at from ended
      join unnest($1::text[]) with ordinality given (id, place) using (id)
     where kind in ('alarm', 'answered') order by place
    on conflict (id) do nothing)
  update runtime.outbox again set not_before = outcome.at, tries = outcome.tries
    from outcome where again.id = outcome.id and outcome.kind = 'retry'`

const OF_PROCESSES = `metadata->'actor'->>'type' <> 'admin'`
const IS_ALARM = `${OF_PROCESSES} and dropped_at is null`
/** What an operator's own command was answered is no alarm (see `isOfOperator`), and what he has dropped is none any more. */
export const ALARMS = `runtime.refused_commands where ${IS_ALARM}`

const SEND_AGAIN = `
  with again as (
    delete from runtime.refused_commands where id = any($1::text[]) and ${OF_PROCESSES} returning *)
  insert into runtime.outbox (id, correlation_id, owner, process, target, context, type, data, metadata, refusals, tries)
  select id, metadata->>'correlationId', owner, process, target, context, type, data, metadata, refusals, 0
    from again order by seq
  on conflict (id) do nothing
  returning id`

const OVERVIEW = `
  with wanted as (
    select process, count(*) as open, max(tries) as tries from runtime.outbox group by process),
  noted as (select process, count(*) as handled from runtime.inbox group by process),
  refused as (select process, count(*) as alarms from ${ALARMS} group by process),
  passed as (select process, sum(count) as ignored from runtime.ignored_refusals group by process)
  select process, coalesce(handled, 0)::float8 as handled, coalesce(open, 0)::float8 as open,
         coalesce(tries, 0)::int as "triesMax", coalesce(alarms, 0)::float8 as alarms,
         coalesce(ignored, 0)::float8 as ignored
    from noted full join wanted using (process) full join refused using (process) full join passed using (process)
   order by process`

// Jumps from process to process in the inbox's key, which begins with the process.
const REACTIONS = `
  with recursive names as (
    (select process from runtime.inbox order by process limit 1)
    union all
    select (select i.process from runtime.inbox i where i.process > names.process order by i.process limit 1)
      from names where names.process is not null)
  select process from names
   where process is not null
     and exists (select from runtime.inbox i where i.process = names.process and i.event_id = $1)
   order by process`

/** Inbox, states and outbox as rows. */
export class PostgresProcessStore implements ProcessStore {
  constructor(private readonly worker: Queries) {}

  async handled(process: string, eventIds: readonly string[]): Promise<ReadonlySet<string>> {
    if (eventIds.length === 0) return new Set()
    const rows = await this.worker.query<{ event_id: string }>({
      name: 'inbox_handled',
      text: 'select event_id from runtime.inbox where process = $1 and event_id = any($2::uuid[])',
      values: [process, eventIds],
    })
    return new Set(rows.map(({ event_id }) => event_id))
  }

  async loadStates(process: string, keys: readonly string[]): Promise<ProcessStateRow[]> {
    if (keys.length === 0) return []
    return this.worker.query<ProcessStateRow>({
      name: 'process_states_load',
      text: 'select key, state, version from runtime.process_states where process = $1 and key = any($2::text[])',
      values: [process, keys],
    })
  }

  async commit({ process, owner, inbox, states, commands }: ProcessCommit): Promise<boolean> {
    const [row] = await this.worker.query<{ committed: boolean }>({
      name: 'process_commit',
      text: `select runtime.commit_process($1, $2, $3::uuid[], $4, $5::json[], $6::int[],
               $7, $8::json[], $9::json[], $10::json[]) as committed`,
      values: [
        process,
        owner,
        inbox,
        states.map(({ key }) => key),
        states.map(({ state }) => jsonText(state)),
        states.map(({ version }) => version),
        jsonText(commands.map(headOf)),
        commands.map(({ data }) => jsonText(data)),
        commands.map(({ metadata }) => jsonText(metadata)),
        commands.map(({ refusals }) => jsonText(refusals)),
      ],
    })
    return row?.committed === true
  }

  async pending(owner: string, limit: number, now: string): Promise<OutboxRow[]> {
    const values = [owner, limit, now]
    return (await this.worker.query<StoredRow>({ name: 'outbox_pending', text: PENDING, values })).map(outboxRow)
  }

  async settle(outcomes: readonly OutboxOutcome[]): Promise<void> {
    if (outcomes.length === 0) return
    await this.worker.execute({
      name: 'outbox_settle',
      text: SETTLE,
      values: [
        outcomes.map(({ row }) => row.id),
        outcomes.map(({ kind }) => kind),
        outcomes.map((outcome) => (outcome.kind === 'done' ? null : outcome.code)),
        outcomes.map((outcome) => (isRefusal(outcome) ? outcome.message : null)),
        outcomes.map(instantOf),
        outcomes.map(({ row }) => row.tries),
      ],
    })
  }

  async pendingOf(correlationId: string): Promise<number> {
    const [row] = await this.worker.query<{ count: string }>({
      name: 'outbox_correlation',
      text: 'select count(*) as count from runtime.outbox where correlation_id = $1',
      values: [correlationId],
    })
    return Number(row?.count ?? 0)
  }

  async alarms(limit: number): Promise<RefusedCommand[]> {
    const rows = await this.worker.query<StoredRow & Omit<RefusedCommand, 'row'>>({
      text: `select ${ROW}, code, message, at from ${ALARMS} order by at desc, seq desc limit $1`,
      values: [limit],
    })
    return rows.map(refusedCommand)
  }

  async dropped(limit: number): Promise<DroppedCommand[]> {
    const rows = await this.worker.query<StoredRow & Omit<RefusedCommand, 'row'> & CommandDrop & { dropped: string }>({
      text: `select ${ROW}, code, message, at, dropped_by as by, drop_reason as reason, dropped_at as dropped
               from runtime.refused_commands where dropped_at is not null order by dropped_at desc, seq desc limit $1`,
      values: [limit],
    })
    return rows.map(({ by, reason, dropped, ...row }) => ({
      ...refusedCommand(row),
      drop: { by, reason, at: dropped },
    }))
  }

  async ignored(): Promise<IgnoredRefusals[]> {
    const rows = await this.worker.query<Omit<IgnoredRefusals, 'count'> & { count: string }>({
      text: 'select process, type, code, count from runtime.ignored_refusals order by process, type, code',
    })
    return rows.map((row) => ({ ...row, count: Number(row.count) }))
  }

  overview(): Promise<ProcessOverview[]> {
    return this.worker.query<ProcessOverview>({ text: OVERVIEW })
  }

  async reactionsTo(eventId: string): Promise<string[]> {
    const rows = await this.worker.query<{ process: string }>({ text: REACTIONS, values: [eventId] })
    return rows.map(({ process }) => process)
  }

  async commandsById(ids: readonly string[]): Promise<{ open: OutboxRow[]; refused: RefusedCommand[] }> {
    if (ids.length === 0) return { open: [], refused: [] }
    const [open, refused] = await Promise.all([
      this.worker.query<StoredRow>({
        text: `select ${ROW} from runtime.outbox where id = any($1::text[]) order by seq`,
        values: [ids],
      }),
      this.worker.query<StoredRow & Omit<RefusedCommand, 'row'>>({
        text: `select ${ROW}, code, message, at from runtime.refused_commands where id = any($1::text[]) order by seq`,
        values: [ids],
      }),
    ])
    return { open: open.map(outboxRow), refused: refused.map(refusedCommand) }
  }

  async sendAgain(ids: readonly string[]): Promise<number> {
    return (await this.worker.query({ text: SEND_AGAIN, values: [ids] })).length
  }

  async drop(ids: readonly string[], { by, reason, at }: CommandDrop): Promise<number> {
    const rows = await this.worker.query({
      text: `update runtime.refused_commands set dropped_by = $2, drop_reason = $3, dropped_at = $4
              where id = any($1::text[]) and ${IS_ALARM} returning id`,
      values: [ids, storableText(by), storableText(reason), at],
    })
    return rows.length
  }

  async forgetAnswers(ids: readonly string[]): Promise<void> {
    await this.worker.execute({
      text: `delete from runtime.refused_commands where id = any($1::text[]) and metadata->'actor'->>'type' = 'admin'`,
      values: [ids],
    })
  }
}

function headOf({ id, process, target, context, type, notBefore, tries, metadata }: OutboxRow) {
  return { id, process, target, context, type, notBefore, tries, correlationId: metadata.correlationId }
}

type StoredRow = Omit<OutboxRow, 'notBefore'> & { readonly notBefore: string | null }

function outboxRow({ notBefore, ...row }: StoredRow): OutboxRow {
  return notBefore === null ? row : { ...row, notBefore }
}

function refusedCommand({ code, message, at, ...row }: StoredRow & Omit<RefusedCommand, 'row'>): RefusedCommand {
  return { row: outboxRow(row), code, message, at }
}

function instantOf(outcome: OutboxOutcome): string | null {
  if (outcome.kind === 'retry') return outcome.notBefore
  return isRefusal(outcome) ? outcome.at : null
}

function isRefusal(outcome: OutboxOutcome): outcome is Extract<OutboxOutcome, { readonly message: string }> {
  return outcome.kind === 'alarm' || outcome.kind === 'answered'
}
