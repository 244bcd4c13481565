import type { Migration } from '../database/migrations'
import { WORKER_ROLE } from '../database/roles'
import { schemaSql } from '../tenant-policies'

export const timersMigration: Migration = {
  name: 'runtime-0002-timers',
  up: `
    ${schemaSql('runtime', [WORKER_ROLE])}
    create table runtime.timer_checkpoints (
      rules text collate "C" primary key,
      position bigint not null
    )
    with (fillfactor = 40);
    -- Of a timer that has fired only the id stays, so that neither a rebuild nor a late projection sets it again.
    create table runtime.timers (
      id text collate "C" primary key,
      owner text collate "C",
      rule text collate "C",
      aggregate_id text collate "C",
      organization_id text collate "C",
      clock_id text collate "C",
      due timestamptz,
      rank integer,
      tie_break text collate "C",
      -- The timer as it was set; the columns beside it are for searching.
      timer json,
      claimed_until timestamptz,
      fired_at timestamptz,
      check (fired_at is not null or timer is not null)
    );
    create unique index timers_place on runtime.timers (aggregate_id, owner, rule) where fired_at is null;
    create index timers_due on runtime.timers (owner, due, rank, tie_break, id)
      where fired_at is null and clock_id is null;
    create index timers_clock on runtime.timers (clock_id, due, rank, tie_break, id)
      where fired_at is null and clock_id is not null;
    grant select, insert, update, delete on runtime.timers, runtime.timer_checkpoints to ${WORKER_ROLE};

    -- The arrays hold every (owner, rule, aggregate) that was written; p_heads and p_timers the timers that stay, side by side.
    -- Heads are read here, timers are not: a text inside may hold what no column can (a NUL character).
    create function runtime.commit_timers(
      p_rules text, p_from bigint, p_to bigint,
      p_owners text[], p_rule_names text[], p_aggregates text[], p_heads json, p_timers json[]
    ) returns boolean language plpgsql as $$
    begin
      if p_from = 0 then
        insert into runtime.timer_checkpoints as known (rules, position) values (p_rules, p_to)
        on conflict (rules) do update set position = p_to where known.position = 0;
      else
        update runtime.timer_checkpoints set position = p_to where rules = p_rules and position = p_from;
      end if;
      if not found then return false; end if;

      -- In the order of ids, as firing does: the two never wait for each other in a circle.
      perform from runtime.timers
        where fired_at is null
          and (owner, rule, aggregate_id) in (select * from unnest(p_owners, p_rule_names, p_aggregates))
        order by id for update;

      delete from runtime.timers
        where fired_at is null
          and (owner, rule, aggregate_id) in (select * from unnest(p_owners, p_rule_names, p_aggregates))
          and id not in (select head.id from json_to_recordset(p_heads) head (id text));

      insert into runtime.timers as known
             (id, owner, rule, aggregate_id, organization_id, clock_id, due, rank, tie_break, timer)
      select *
        from rows from (
               json_to_recordset(p_heads) as (
                 id text, owner text, rule text, "aggregateId" text, "organizationId" text, "clockId" text,
                 due timestamptz, rank integer, "tieBreak" text),
               unnest(p_timers)) given
       order by id collate "C"
      on conflict (id) do update
         set organization_id = excluded.organization_id, clock_id = excluded.clock_id, due = excluded.due,
             rank = excluded.rank, tie_break = excluded.tie_break, timer = excluded.timer
       where known.fired_at is null;
      return true;
    end $$;`,
}
