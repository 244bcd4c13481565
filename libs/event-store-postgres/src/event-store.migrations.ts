/**
 * Schema `store`. Only the worker role may read it and call `append`; nobody but the owner may change or remove an event,
 * and the role of requests sees nothing of it.
 *
 * `append` takes one lock for the whole store until its transaction ends, and each statement of a plpgsql function sees
 * what was committed before it began. So revisions and positions are read after the lock is held: positions have no holes,
 * and their order is the order of the commits. A sequence would give holes, and a reader could pass one that fills later.
 */
export const eventStoreMigrations = [
  {
    name: 'event-store-0001-events',
    up: `
      create schema store;
      revoke all on schema store from public;
      grant usage on schema store to billstream_worker;

      create table store.events (
        position bigint primary key,
        recorded_at timestamptz not null,
        id uuid not null constraint events_id unique,
        revision integer not null,
        bytes integer not null,
        schema_version smallint not null,
        stream text collate "C" not null,
        type text collate "C" not null,
        organization_id text collate "C" not null,
        correlation_id text collate "C" not null,
        -- json, not jsonb: the text stays as it was written, and it may hold \\u0000 and lone surrogates.
        data json not null,
        metadata json not null,
        constraint events_revision unique (stream, revision)
      );
      grant select, insert on store.events to billstream_worker;

      create function store.append(
        streams text[], expectations int[],
        owners int[], numbers int[], ids uuid[], types text[], versions int[], sizes int[], organizations text[], correlations text[],
        data_lines text, metadata_lines text
      ) returns table (append int, outcome text, revision int, last_position bigint, recorded_at timestamptz)
      language plpgsql
      -- A plan made while the table is small must not be kept when it is not.
      set enable_seqscan = off
      as $$
      #variable_conflict use_column
      declare
        head bigint;
        moment timestamptz;
      begin
        perform pg_advisory_xact_lock(7402110020);
        select coalesce(max(e.position), 0) into head from store.events e;
        moment := clock_timestamp();
        return query
        with asked as materialized (
          select a.append::int, a.stream, a.expected, coalesce(
              (select e.revision from store.events e where e.stream = a.stream order by e.revision desc limit 1), -1
            ) as revision
            from unnest(streams, expectations) with ordinality as a (stream, expected, append)
        ), given as materialized (
          select g.*, (select true from store.events e where e.id = g.id) as repeated
            from unnest(
              owners, numbers, ids, types, versions, sizes, organizations, correlations,
              string_to_array(data_lines, E'\\n'), string_to_array(metadata_lines, E'\\n')
            ) with ordinality
              as g (owner, number, id, type, version, bytes, organization_id, correlation_id, data, metadata, place)
        ), judged as materialized (
          select a.*, case
              when a.append in (select g.owner from given g where g.repeated) then 'event_exists'
              when a.expected = a.revision or a.expected = -2147483648 then 'appended'
              when a.expected = -2147483647 and a.revision >= 0 then 'appended'
              else 'revision_conflict'
            end as outcome
            from asked a
        ), recorded as (
          insert into store.events (
            position, recorded_at, id, revision, bytes, schema_version, stream, type, organization_id, correlation_id,
            data, metadata)
          select head + row_number() over (order by g.place), moment, g.id, j.revision + g.number, g.bytes, g.version,
              j.stream, g.type, g.organization_id, g.correlation_id, g.data::json, g.metadata::json
            from given g join judged j on j.append = g.owner and j.outcome = 'appended'
          returning stream, position
        )
        select j.append, j.outcome, j.revision, max(r.position), moment
          from judged j left join recorded r on r.stream = j.stream
         group by j.append, j.outcome, j.revision;
      end $$;
      revoke all on function store.append from public;
      grant execute on function store.append to billstream_worker;`,
  },
  {
    name: 'event-store-0002-append-plan',
    // Else PostgreSQL plans each append anew, under the lock: few events look cheaper planned for themselves than for the ten that it
    // supposes of an unknown array. Planning one event took longer than recording it.
    up: `alter function store.append set plan_cache_mode = 'force_generic_plan'`,
  },
] as const
