import type { Migration } from '../database/migrations'
import { WORKER_ROLE } from '../database/roles'
import { schemaSql } from '../tenant-policies'

const OUTBOX_COLUMNS = `
      owner text collate "C" not null,
      process text collate "C" not null,
      target text collate "C" not null,
      context text collate "C" not null,
      type text collate "C" not null,
      data json not null,
      metadata json not null,
      refusals json not null,
      not_before timestamptz,
      tries integer not null`

export const processesMigration: Migration = {
  name: 'runtime-0001-processes',
  up: `
    ${schemaSql('runtime', [WORKER_ROLE])}
    create table runtime.inbox (
      process text collate "C" not null,
      event_id uuid not null,
      handled_at timestamptz not null default now(),
      primary key (process, event_id)
    );
    create table runtime.process_states (
      process text collate "C" not null,
      key text collate "C" not null,
      state json not null,
      version integer not null,
      primary key (process, key)
    );
    -- Rows come and go all the time: the vacuum may not wait for a fifth of what once was there.
    create table runtime.outbox (
      id text collate "C" primary key,
      seq bigint generated always as identity,
      correlation_id text collate "C" not null,
      ${OUTBOX_COLUMNS}
    ) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
    create index outbox_owner on runtime.outbox (owner, seq);
    create index outbox_correlation on runtime.outbox (correlation_id);
    create index outbox_waiting on runtime.outbox (target, seq) where not_before is not null;
    create table runtime.refused_commands (
      id text collate "C" primary key,
      seq bigint generated always as identity,
      ${OUTBOX_COLUMNS},
      code text not null,
      message text not null,
      at timestamptz not null
    );
    create index refused_commands_at on runtime.refused_commands (at desc, seq desc);
    create table runtime.ignored_refusals (
      process text collate "C" not null,
      type text collate "C" not null,
      code text collate "C" not null,
      count bigint not null,
      primary key (process, type, code)
    );
    grant select, insert, update, delete on runtime.inbox, runtime.process_states, runtime.outbox,
      runtime.refused_commands, runtime.ignored_refusals to ${WORKER_ROLE};

    -- p_heads and the three arrays after it hold the commands, side by side. Heads are read here, the others are not: a text
    -- inside may hold what no column can (a NUL character). All or nothing; false when an event was handled already or a state is at another version.
    create function runtime.commit_process(
      p_process text, p_owner text, p_events uuid[],
      p_keys text[], p_states json[], p_versions int[],
      p_heads json, p_data json[], p_metadata json[], p_refusals json[]
    ) returns boolean language plpgsql as $$
    declare
      changed bigint;
      moved bigint;
    begin
      insert into runtime.inbox (process, event_id)
      select distinct p_process, event from unnest(p_events) event order by event on conflict do nothing;
      get diagnostics changed = row_count;
      if changed <> (select count(distinct event) from unnest(p_events) event) then
        raise exception using errcode = 'BS001';
      end if;

      if cardinality(p_keys) > 0 then
        insert into runtime.process_states (process, key, state, version)
        select p_process, key, state, 1 from unnest(p_keys, p_states, p_versions) given (key, state, version)
         where version = 0 order by key
        on conflict do nothing;
        get diagnostics changed = row_count;
        update runtime.process_states known set state = given.state, version = given.version + 1
          from unnest(p_keys, p_states, p_versions) given (key, state, version)
         where given.version > 0 and known.process = p_process and known.key = given.key
           and known.version = given.version;
        get diagnostics moved = row_count;
        if changed + moved <> cardinality(p_keys) then raise exception using errcode = 'BS001'; end if;
      end if;

      insert into runtime.outbox
             (id, correlation_id, owner, process, target, context, type, not_before, tries, data, metadata, refusals)
      select id, "correlationId", p_owner, process, target, context, type, "notBefore", tries, data, metadata, refusals
        from rows from (
               json_to_recordset(p_heads) as (
                 id text, "correlationId" text, process text, target text, context text, type text,
                 "notBefore" timestamptz, tries integer),
               unnest(p_data), unnest(p_metadata), unnest(p_refusals))
             with ordinality given (id, "correlationId", process, target, context, type, "notBefore", tries,
                                    data, metadata, refusals, place)
       order by place
      on conflict (id) do nothing;
      return true;
    exception when sqlstate 'BS001' then
      return false;
    end $$;`,
}

/** Who gave a refused command up, when and why. */
export const droppedCommandsMigration: Migration = {
  name: 'runtime-0009-dropped-commands',
  up: `
    alter table runtime.refused_commands
      add column dropped_by text, add column drop_reason text, add column dropped_at timestamptz;
    create index refused_commands_dropped on runtime.refused_commands (dropped_at desc, seq desc)
     where dropped_at is not null;`,
}
