import type { Migration } from '../database/migrations'
import { WORKER_ROLE } from '../database/roles'
import { schemaSql } from '../tenant-policies'

export const numbersMigration: Migration = {
  name: 'runtime-0004-numbers',
  up: `
    ${schemaSql('runtime', [WORKER_ROLE])}
    create table runtime.number_series (
      organization_id text collate "C" not null,
      series text collate "C" not null,
      last bigint not null default 0,
      primary key (organization_id, series)
    );
    create table runtime.numbers (
      organization_id text collate "C" not null,
      series text collate "C" not null,
      number bigint not null,
      document_id text collate "C" not null,
      primary key (organization_id, series, number),
      unique (organization_id, document_id)
    );
    grant select, insert, update on runtime.number_series, runtime.numbers to ${WORKER_ROLE};

    -- Those who take from one series wait for each other at its row, so a number is taken exactly when it is committed.
    create function runtime.take_numbers(p_organizations text[], p_series text[], p_documents text[])
    returns table (organization_id text, document_id text, number bigint)
    language plpgsql as $$
    #variable_conflict use_column
    begin
      insert into runtime.number_series (organization_id, series)
      select distinct o, s from unnest(p_organizations, p_series) asked (o, s) order by o, s
      on conflict do nothing;

      perform from runtime.number_series known
        where (known.organization_id, known.series) in (select * from unnest(p_organizations, p_series))
        order by known.organization_id, known.series for update;

      with fresh as (
        select distinct on (asked.o, asked.d) asked.o, asked.s, asked.d, asked.place
          from unnest(p_organizations, p_series, p_documents) with ordinality asked (o, s, d, place)
         where not exists (
           select from runtime.numbers known where known.organization_id = asked.o and known.document_id = asked.d)
         order by asked.o, asked.d, asked.place),
      taken as (
        insert into runtime.numbers (organization_id, series, number, document_id)
        select fresh.o, fresh.s, known.last + row_number() over (partition by fresh.o, fresh.s order by fresh.place), fresh.d
          from fresh join runtime.number_series known on known.organization_id = fresh.o and known.series = fresh.s
        returning organization_id, series, number)
      update runtime.number_series known set last = latest.number
        from (select organization_id, series, max(number) as number from taken group by 1, 2) latest
       where known.organization_id = latest.organization_id and known.series = latest.series;

      return query
        select known.organization_id, known.document_id, known.number from runtime.numbers known
         where (known.organization_id, known.document_id) in (select * from unnest(p_organizations, p_documents));
    end $$;`,
}
